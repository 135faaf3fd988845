using System.Text;
using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Models;

namespace Appliance.Tests.Config;

public sealed class ConfigEditTests
{
    private const string Written = """
        // the box in the hall
        {
          "gateway": {
            "port": 1, // mine
            /* not open */ "bind": "loopback" // stays
          },
          "models": {},
          "list": [1, 2]
        }
        """;

    [Theory]
    [InlineData("gateway.port", "2", "\"port\": 2, // mine")]
    [InlineData("gateway.bind", "\"::1\"", "/* not open */ \"bind\": \"::1\" // stays")]
    [InlineData("gateway.token", "{\"env\":\"T\"}", "\"loopback\", // stays\n    \"token\": {\n      \"env\": \"T\"\n    }\n  },")]
    [InlineData("models.default", "\"story\"", "\"models\": {\n    \"default\": \"story\"\n  },")]
    [InlineData("list[1]", "3", "[1, 3]")]
    [InlineData("list[2]", "3", "[1, 2,\n    3\n  ]")]
    [InlineData("new.inner[\"x.y\"]", "true", "\"list\": [1, 2],\n  \"new\": {\n    \"inner\": {\n      \"x.y\": true\n    }\n  }\n}")]
    public void Set_AValue_LeavesTheRestAsItWasWritten(string path, string value, string expected)
    {
        var text = Text(ConfigEdit.Set(Parse(Written), ConfigPath.Parse(path), JsonNode.Parse(value)));
        Assert.Contains(expected, text);
        foreach (var comment in (string[])["// the box in the hall", "// mine", "/* not open */", "// stays"]) Assert.Contains(comment, text);
    }

    [Theory]
    [InlineData("gateway.port", "{\n     // mine\n    /* not open */")]
    [InlineData("gateway.bind", "\"port\": 1 // mine")]
    [InlineData("list[0]", "[ 2]")]
    [InlineData("models", "  },\n  \"list\"")]
    [InlineData("nothing.here", "\"list\": [1, 2]\n}")]
    public void Remove_AValue_LeavesTheRestAsItWasWritten(string path, string expected) => Assert.Contains(expected, Text(ConfigEdit.Remove(Parse(Written), ConfigPath.Parse(path))));

    [Theory]
    [InlineData("gateway.port.deeper")]
    [InlineData("list[5]")]
    [InlineData("list.name")]
    public void Set_WhereNothingCanBe_IsRefused(string path) => Assert.Throws<ModelException>(() => ConfigEdit.Set(Parse(Written), ConfigPath.Parse(path), 1));

    [Fact]
    public void SetAndRemove_InRandomFiles_DoWhatTheySayAndKeepEveryComment()
    {
        var random = new RandomConfigs(3);
        for (var i = 0; i < 3000; i++)
        {
            var document = Parse(random.File());
            var path = ConfigPath.Root;
            for (var n = random.Next(3); n >= 0; n--) path = path.With(((string[])["gateway", "port", "a", "x.y", "b c"])[random.Next(5)]);
            var value = JsonNode.Parse(random.Value(2), null, new() { AllowTrailingCommas = true, CommentHandling = System.Text.Json.JsonCommentHandling.Skip });
            ConfigDocument set;
            try { set = ConfigEdit.Set(document, path, value); }
            catch (ModelException e) when (e is not ConfigSyntaxException) { continue; }
            Assert.True(JsonNode.DeepEquals(value, set.ToJson(set.Find(path)!)), Text(set));
            Assert.True(JsonNode.DeepEquals(Without(document, path), Without(set, path)), $"{path}\n{Text(document)}\n---\n{Text(set)}");
            // What the old value had inside goes with it.
            if (document.Find(path) is null) Assert.Equal(document.Comments.Count, set.Comments.Count);
            Assert.Null(ConfigEdit.Remove(set, path).Find(path));
        }
    }

    [Fact]
    public void Merge_OfAPatch_FollowsRfc7396()
    {
        var merged = ConfigEdit.Merge(Parse(Written), JsonNode.Parse("""{"gateway":{"port":null,"bind":"::1"},"models":{"default":"m","keepAlive":null},"list":[3],"new":{"a":{"b":null,"c":1}}}""")!.AsObject());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"gateway":{"bind":"::1"},"models":{"default":"m"},"list":[3],"new":{"a":{"c":1}}}"""), merged.ToJson()));
        Assert.Contains("// mine", Text(merged));
    }

    private static JsonObject Without(ConfigDocument document, ConfigPath path)
    {
        var tree = document.ToJson();
        Remove(tree, 0);
        return tree;

        // Objects that were made on the way are nothing either.
        void Remove(JsonObject from, int depth)
        {
            if (depth == path.Steps.Count - 1) from.Remove(path.Last);
            else if (from[path.Steps[depth]] is JsonObject inner)
            {
                Remove(inner, depth + 1);
                if (inner.Count == 0) from.Remove(path.Steps[depth]);
            }
        }
    }

    private static ConfigDocument Parse(string text) => ConfigDocument.Parse(Encoding.UTF8.GetBytes(text));

    private static string Text(ConfigDocument document) => Encoding.UTF8.GetString(document.Text.Span);
}
