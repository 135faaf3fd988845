using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Config.Document;

namespace Appliance.Tests.Config;

public sealed class ConfigDocumentTests
{
    [Fact]
    public void Parse_RandomFiles_ReadsWhatTheLibraryReads()
    {
        var random = new RandomConfigs(1);
        for (var i = 0; i < 3000; i++)
        {
            var text = random.File();
            var document = Parse(text);
            var expected = JsonNode.Parse(text, null, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            Assert.True(JsonNode.DeepEquals(expected, document.ToJson()), text);
            foreach (var comment in document.Comments)
            {
                var written = Encoding.UTF8.GetString(document.Text.Span[comment]);
                Assert.True(written.StartsWith("//", StringComparison.Ordinal) && !written.Contains('\n') || written.StartsWith("/*", StringComparison.Ordinal) && written.EndsWith("*/", StringComparison.Ordinal), written);
            }
        }
    }

    [Fact]
    public void Parse_DamagedFiles_NeverThrowsAnythingElse()
    {
        var random = new RandomConfigs(2);
        var refused = 0;
        for (var i = 0; i < 6000; i++)
        {
            var text = Encoding.UTF8.GetBytes(random.File());
            for (var n = random.Next(4); n >= 0 && text.Length > 0; n--)
            {
                if (random.Next(3) == 0) text = text[..random.Next(text.Length)];
                else text[random.Next(text.Length)] = (byte)random.Next(256);
            }
            try { Parse(text).ToJson(); }
            catch (ConfigSyntaxException e)
            {
                refused++;
                Assert.InRange(e.Line, 1, text.Length + 1);
            }
        }
        Assert.InRange(refused, 1000, 5999);
    }

    [Theory]
    [InlineData("", "Line 1, column 1")]
    [InlineData("[]", "Line 1, column 1")]
    [InlineData("{\n  \"a\": 1,\n  \"a\": 2\n}", "Line 3, column 3: \"a\" stands here a second time")]
    [InlineData("{}\n{}", "Line 2")]
    [InlineData("{\"a\": \"\\ud800\"}", "surrogate")]
    [InlineData("{\"a\" 1}", "Line 1, column 6")]
    public void Parse_WhatIsNoConfiguration_SaysWhere(string text, string expected) => Assert.Contains(expected, Assert.Throws<ConfigSyntaxException>(() => Parse(text)).Message);

    [Fact]
    public void Parse_WithAByteOrderMark_LeavesItOut() => Assert.Equal("{}", Encoding.UTF8.GetString(Parse([0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}']).Text.Span));

    [Fact]
    public void LineOf_APath_IsWhereItsNameStands()
    {
        var document = Parse("// head\n{\n  \"gateway\": {\n    // port\n    \"port\": 1\n  }\n}");
        Assert.Equal(5, document.LineOf(ConfigPath.Parse("gateway.port")));
        Assert.Equal(3, document.LineOf(ConfigPath.Parse("gateway.nothing.here")));
    }

    [Theory]
    [InlineData("a.b[0].c", "a", "b", "0", "c")]
    [InlineData("a[\"x.y\"].c", "a", "x.y", "c")]
    [InlineData("[\"a\\\"b\"][2]", "a\"b", "2")]
    [InlineData("people.anna-lena", "people", "anna-lena")]
    [InlineData("")]
    public void Path_ReadAndWritten_IsTheSame(string text, params string[] steps)
    {
        var path = ConfigPath.Parse(text);
        Assert.Equal(steps, path.Steps);
        Assert.Equal(path, ConfigPath.Parse(path.ToString()));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a[")]
    [InlineData("a[]")]
    [InlineData("a[x]")]
    [InlineData("a[\"x")]
    [InlineData("a[\"x\"")]
    public void Path_ThatIsNone_IsRefused(string text) =>
         Assert.Throws<Models.ModelException>(() => ConfigPath.Parse(text));

    private static ConfigDocument Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static ConfigDocument Parse(byte[] text) => ConfigDocument.Parse(text);
}
