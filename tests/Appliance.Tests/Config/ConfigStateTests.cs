using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models;

namespace Appliance.Tests.Config;

public sealed class ConfigStateTests
{
    [Fact]
    public void Read_WhatIsSet_IsThereAndTheRestIsAsByDefault()
    {
        var config = Read("""{ "gateway": { "port": 8080, "token": {"env": "MY_TOKEN"}, }, /* no models */ }""").Config;
        Assert.Equal((8080, "loopback"), (config.Gateway.Port, config.Gateway.Bind));
        Assert.Equal((SecretSource.Environment, "MY_TOKEN"), (config.Gateway.Token!.Source, config.Gateway.Token.Place.Single()));
        Assert.Equal((null, null), (config.Models.Default, config.Models.KeepAlive));
    }

    [Theory]
    [InlineData("""{"gatway": {}}""", "line 1: gatway is no setting and does nothing. Did you mean gateway?")]
    [InlineData("{\n\"gateway\": {\n\"prot\": 1}}", "line 3: gateway.prot is no setting and does nothing. Did you mean gateway.port?")]
    [InlineData("""{"gateway": {"PORT": 1}}""", "Did you mean gateway.port?")]
    [InlineData("""{"unheardOf": 1}""", "unheardOf is no setting of this version")]
    public void Read_UnknownKeys_WarnsWithTheNearest(string text, string expected)
    {
        var state = Read(text);
        Assert.True(state.IsValid);
        Assert.Contains(expected, state.Issues.Single().ToString());
    }

    [Theory]
    [InlineData("""{"gateway": {"port": "x"}}""", "gateway.port must be integer")]
    [InlineData("""{"gateway": {"port": 70000}}""", "gateway.port must be between 0 and 65535")]
    [InlineData("""{"gateway": {"port": 1.5}}""", "gateway.port must be a whole number")]
    [InlineData("""{"gateway": {"port": 1e3}}""", "gateway.port must be a whole number")]
    [InlineData("""{"gateway": []}""", "gateway must be object")]
    [InlineData("""{"gateway": {"bind": "box.local"}}""", "is no IP address")]
    [InlineData("""{"gateway": {"bind": "0.0.0.0"}}""", "set gateway.token too")]
    [InlineData("""{"discovery": {"mdns": {"mode": "on"}}}""", "must be one of off, minimal, full")]
    [InlineData("""{"gateway": {"tailscale": {"mode": "on"}}}""", "must be one of off, serve, funnel")]
    [InlineData("""{"gateway": {"tailscale": {"mode": "funnel"}}}""", "set gateway.token too")]
    [InlineData("""{"gateway": {"tailscale": {"mode": "funnel"}, "auth": {"allowTailscale": true}, "token": {"env": "A"}}}""", "allowTailscale is on")]
    [InlineData("""{"people": {"ann": {"role": "member", "tailnet": "a@x"}, "bob": {"role": "member", "tailnet": "A@x"}}}""", "is somebody else's too")]
    [InlineData("""{"gateway": {"tailscale": {"mode": "serve"}, "bind": "::1"}}""", "needs gateway.bind to be loopback")]
    [InlineData("""{"gateway": {"tailscale": {"program": "tailscale"}}}""", "which is no full path")]
    [InlineData("""{"gateway": {"token": {"env": 1}}}""", "gateway.token is no secret")]
    [InlineData("""{"gateway": {"token": {"env": "A", "file": "b"}}}""", "gateway.token is no secret")]
    [InlineData("""{"gateway": {"token": "__OPENCLAW_REDACTED__"}}""", "gateway.token is only the placeholder")]
    [InlineData("""{"models": {"default": "__OPENCLAW_REDACTED__"}}""", "models.default is only the placeholder")]
    [InlineData("""{"models": {"keepAlive": "soon"}}""", "models.keepAlive 'soon' is neither")]
    [InlineData("""{"mcp": {"servers": {"a__b": {"command": "x"}}}}""", "is no name for a server")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "url": "https://x"}}}}""", "needs either command or url")]
    [InlineData("""{"mcp": {"servers": {"a": {}}}}""", "needs either command or url")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "./x"}}}}""", "neither a name nor a full path")]
    [InlineData("""{"mcp": {"servers": {"a": {"url": "https://u:p@x"}}}}""", "mcp.servers.a.url is no https://")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "timeout": "9h"}}}}""", "an hour at most")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "cwd": "here"}}}}""", "no full path")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "effect": "nothing"}}}}""", "must be one of reads, writes, outward, destructive")]
    [InlineData("""{"mcp": {"servers": {"a": {"command": "x", "env": {"KEY": 7}}}}}""", "mcp.servers.a.env.KEY is no secret")]
    [InlineData("""{"bindings": [{"agent": "ops", "channel": "hook"}]}""", "there is no such agent")]
    [InlineData("""{"bindings": [{"agent": "main"}]}""", "names nothing that goes to the agent")]
    [InlineData("""{"agents": {"ops": {"activation": "sometimes"}}}""", "must be one of always, mention, direct, scheduled")]
    [InlineData("""{"hardware": {"buses": {"display": {"at": "i2c:1/0x3c/lm75"}}}}""", "hardware.buses.display.at is not of the form i2c:1/0x3c")]
    [InlineData("""{"hardware": {"buses": {"display": {"at": "gpio:GPIO4"}}}}""", "is no address of a bus; there are i2c:1/0x3c, serial:ttyUSB0/9600, spi:0.0")]
    [InlineData("""{"hardware": {"buses": {"display": {"at": "spi:0.0", "allow": ["trigger"]}}}}""", "bytes begin nothing")]
    [InlineData("""{"hardware": {"buses": {"display": {"at": "spi:0.0", "registers": 5}}}}""", "registers must be between 0 and 4")]
    [InlineData("""{"hardware": {"buses": {"modem": {"at": "serial:ttyUSB0/9600", "registers": 1}}}}""", "a serial port has none")]
    [InlineData("""{"hardware": {"buses": {"modem": {"at": "serial:ttyUSB0/9600", "end": "."}}}}""", "hardware.buses.modem.end is none of")]
    [InlineData("""{"hardware": {"buses": {"modem": {"at": "serial:ttyUSB0/9600", "who": ["anna"]}}}}""", "there is nobody of that id")]
    [InlineData("""{"hardware": {"buses": {"a-b": {"at": "spi:0.0"}, "A_B": {"at": "spi:0.1"}}}}""", "is another's name but for capitals")]
    [InlineData("""{"hardware": {"cameras": {"door": {"at": "/dev/video0"}}}}""", "is no address of a camera; there are video:video0")]
    [InlineData("""{"hardware": {"cameras": {"door": {"at": "video:video0", "size": "big"}}}}""", "size is no width and height")]
    // path-03 of the attacks: a configuration that pulls in other files.
    [InlineData("""{"$include": "/etc/passwd"}""", "the configuration is one file")]
    [InlineData("""{"gateway": {"$include": "../secret"}}""", "the configuration is one file")]
    public void Read_WhatCannotBe_IsSaidInOneSentence(string text, string expected)
    {
        var state = Read(text);
        Assert.False(state.IsValid);
        Assert.Contains(expected, Assert.Single(state.Issues).ToString());
    }

    [Fact]
    public void Read_RandomFiles_NeverThrows()
    {
        var random = new RandomConfigs(4);
        int valid = 0, broken = 0;
        for (var i = 0; i < 3000; i++) _ = Read(random.File()).IsValid ? valid++ : broken++;
        Assert.True(valid > 100 && broken > 100, $"{valid} valid, {broken} broken");
    }

    [Fact]
    public void Options_CountMoreThanVariables_AndVariablesMoreThanTheFile()
    {
        var environment = ConfigOverride.FromEnvironment(new Hashtable { ["APPLIANCE_GATEWAY_PORT"] = "2", ["APPLIANCE_GATEWAY_BIND"] = "::1", ["APPLIANCE_MODELS_DEFAULT"] = "b" });
        var state = ConfigState.Read(Encoding.UTF8.GetBytes("""{"gateway":{"port":1,"bind":"127.0.0.2"},"models":{"default":"a","keepAlive":"1h"}}"""),
            [.. environment, ConfigOverride.Option("gateway.port", 3, "--port")]);
        Assert.Equal((3, "::1", "b", "1h"), (state.Config.Gateway.Port, state.Config.Gateway.Bind, state.Config.Models.Default, state.Config.Models.KeepAlive));
    }

    [Fact]
    public void Variables_OfOlderNames_StillWork_AndGiveWayToTheNewOnes()
    {
        var old = ConfigOverride.FromEnvironment(new Hashtable { ["APPLIANCE_MODEL"] = "a", ["APPLIANCE_KEEP_ALIVE"] = "1h", ["APPLIANCE_GATEWAY_TOKEN"] = "t0ken", ["APPLIANCE_HOME"] = "/x", ["APPLIANCE_GATEWAY_PORT"] = "" });
        var config = ConfigState.WithoutFile(old).Config;
        Assert.Equal(("a", "1h", "t0ken"), (config.Models.Default, config.Models.KeepAlive, config.Gateway.Token!.InlineSecret));
        var both = ConfigOverride.FromEnvironment(new Hashtable { ["APPLIANCE_MODEL"] = "a", ["APPLIANCE_MODELS_DEFAULT"] = "b" });
        Assert.Equal(("models.default", "APPLIANCE_MODELS_DEFAULT"), (both.Single().Path.ToString(), both.Single().Source));
    }

    [Fact]
    public void Variables_ThatAreWrong_AreNamed()
    {
        var wrong = ConfigOverride.FromEnvironment(new Hashtable { ["APPLIANCE_GATEWAY_PORT"] = "many" }).Single();
        Assert.Contains("APPLIANCE_GATEWAY_PORT must be integer", Assert.Throws<ModelException>(wrong.Require).Message);
    }

    [Fact]
    public void Schema_OfEverySetting_HasADescriptionAndSaysWhatARestartIsNeededFor()
    {
        Assert.NotEmpty(ConfigSchema.Leaves());
        foreach (var (path, schema) in ConfigSchema.Leaves())
        {
            Assert.False(string.IsNullOrWhiteSpace(schema.Description), $"{path} has no description");
            Assert.Contains((string?)schema.Node["x-reload"], (string[])["hot", "restart"]);
        }
        var port = ConfigSchema.Find(ConfigPath.Parse("gateway.port"))!;
        Assert.Equal((0, 65535, 18789), ((int)(double)port.Node["minimum"]!, (int)(double)port.Node["maximum"]!, (int)port.Node["default"]!));
        Assert.True(ConfigChange.NeedsRestart(ConfigPath.Parse("gateway.port")));
        Assert.False(ConfigChange.NeedsRestart(ConfigPath.Parse("models.default")));
        Assert.Equal("APPLIANCE_MODELS_KEEP_ALIVE", ConfigSchema.VariableOf(ConfigPath.Parse("models.keepAlive")));
    }

    [Fact]
    public void Schema_AndChecks_AgreeOnTheDefaults()
    {
        var defaults = System.Text.Json.JsonSerializer.SerializeToNode(new ApplianceConfig(), ConfigJson.Default.ApplianceConfig)!.AsObject();
        Assert.Empty(ConfigCheck.Tree(defaults));
        Assert.True(JsonNode.DeepEquals(defaults, JsonNode.Parse("""{"gateway":{"port":18789,"bind":"loopback","tailscale":{"mode":"off"},"auth":{"allowTailscale":false}},"models":{"targets":{}},"hooks":{},"agents":{},"people":{},"roles":{},"heartbeat":{"every":"30m","tokensPerDay":100000},"router":{"profile":"private"},"network":{"offline":false},"memory":{"distill":true,"nightFrom":"03:00","nightTo":"06:00","tokensPerNight":20000,"keepDays":0},"tools":{"web":{"search":{"maxResults":5,"timeoutSeconds":10}},"browser":{}},"mcp":{"servers":{}},"bindings":[],"channels":{"telegram":{}},"reflexes":{"enabled":true},"backup":{"keep":7},"exec":{},"hardware":{"simulate":false,"pins":{},"sensors":{},"buses":{},"cameras":{},"triggers":{},"triggersPerHour":60},"sessions":{"helperDays":7,"helperEnd":"archive"},"power":{"battery":30,"whenHot":"slower"},"discovery":{"mdns":{"mode":"off"}}}""")), defaults.ToJsonString());
    }

    private static ConfigState Read(string text) => ConfigState.Read(Encoding.UTF8.GetBytes(text), []);
}
