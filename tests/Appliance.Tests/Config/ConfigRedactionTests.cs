using System.Text;
using Appliance.Config;
using Appliance.Config.Document;
using Models;

namespace Appliance.Tests.Config;

public sealed class ConfigRedactionTests
{
    private const string Secret = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t";

    [Theory]
    [InlineData("""{"gateway": {"token": "SECRET"}}""")]
    [InlineData("""{"gateway": {"tokn": "SECRET"}}""")]
    [InlineData("""{"gatway": {"x": ["SECRET", {"y": "SECRET"}]}}""")]
    [InlineData("""{"gateway": {"token": {"value": "SECRET"}}}""")]
    [InlineData("""{"gateway": {"token": {"env": "A", "x": "SECRET"}}}""")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "env": {"KEY": "SECRET"}}}}}""")]
    [InlineData("""{"mcp": {"servers": {"a": {"url": "https://x", "headers": {"X-Key": "SECRET"}, "token": "SECRET"}}}}""")]
    [InlineData("{\"gateway\": {\"token\": \"SECRET\" /* before: SECRET */ }} // \"token\": \"OTHER-SECRET\"")]
    [InlineData("{\n// password=SECRET\n// apiKey: 'SECRET',\n}")]
    public void Redact_ASecretAnywhere_IsInNoCopy(string text)
    {
        var document = Parse(text.Replace("SECRET", Secret, StringComparison.Ordinal));
        var redacted = Text(ConfigRedaction.Redact(document));
        Assert.DoesNotContain(Secret, redacted);
        Assert.Contains(ConfigRedaction.Sentinel, redacted);
        Assert.DoesNotContain(Secret, ConfigRedaction.Redact(document.ToJson()).ToJsonString());
        Assert.Equal(Text(document), Text(ConfigRedaction.Restore(Parse(redacted), document, [])));
    }

    [Theory]
    [InlineData("""{"gateway": {"token": {"env": "NAME"}, "port": 1, "bind": "loopback"}} // the token is elsewhere""")]
    [InlineData("""{"gateway": {"token": {"file": "/run/secrets/token"}}, "$schema": "./s.json"}""")]
    [InlineData("""{"gateway": {"token": "${NAME}"}}""")]
    public void Redact_WhatIsNoSecret_StaysAsItIs(string text) => Assert.Equal(text, Text(ConfigRedaction.Redact(Parse(text))));

    [Fact]
    public void Redact_RandomFiles_ComeBackUnchanged()
    {
        var random = new RandomConfigs(5);
        for (var i = 0; i < 2000; i++)
        {
            var document = Parse(random.File());
            var redacted = ConfigRedaction.Redact(document);
            Assert.Equal(Text(document), Text(ConfigRedaction.Restore(redacted, document, [])));
        }
    }

    [Theory]
    [InlineData("""{"gateway": {"token": "__OPENCLAW_REDACTED__"}}""", """{}""")]
    [InlineData("""{"models": {"default": "__OPENCLAW_REDACTED__"}}""", """{"gateway": {"token": "SECRET"}}""")]
    [InlineData("""{"x": ["__OPENCLAW_REDACTED__"]}""", """{"x": ["SECRET", "OTHER"]}""")]
    public void Restore_WhereNoSecretWas_IsRefused(string sent, string current) => Assert.Throws<ModelException>(() => ConfigRedaction.Restore(Parse(sent), Parse(current), []));

    [Fact]
    public void Restore_WhatAVariableSets_DoesNotGetIntoTheFile()
    {
        var restored = ConfigRedaction.Restore(Parse("""{"gateway": {"port": 1, "token": "__OPENCLAW_REDACTED__"}}"""), null, [ConfigOverride.Option("gateway.token", Secret, "APPLIANCE_GATEWAY_TOKEN")]);
        Assert.Equal("""{"gateway": {"port": 1 }}""", Text(restored));
    }

    private static ConfigDocument Parse(string text) => ConfigDocument.Parse(Encoding.UTF8.GetBytes(text));

    private static string Text(ConfigDocument document) => Encoding.UTF8.GetString(document.Text.Span);
}
