using System.Text.Json.Nodes;
using TestKit;

namespace Models.Tests.Tokens;

public class ChatTemplateTests
{
    private static readonly JsonObject Conversations = GoldenRendering.Read("conversations.json").AsObject();
    private static readonly JsonObject Renderings = GoldenRendering.Read("conversations.golden.json").AsObject();

    public static TheoryData<string> Templates => [.. Renderings.Select(template => template.Key)];

    [SharedTheory("tokenizers")]
    [MemberData(nameof(Templates))]
    public void Render_PublishedTemplate_AsJinja2(string path)
    {
        var source = ReadTemplate(path);
        Assert.All(Renderings[path]!.AsObject(), rendering => GoldenRendering.AssertSame(rendering.Value!, source, Conversations[rendering.Key]!.AsObject()));
    }

    [Fact]
    public void Render_Snippet_AsJinja2()
    {
        var variables = GoldenRendering.Read("snippets.json")["variables"]!.AsObject();
        Assert.All(GoldenRendering.Read("snippets.golden.json").AsArray(), snippet => GoldenRendering.AssertSame(snippet!, (string)snippet!["template"]!, variables));
    }

    private static string ReadTemplate(string path)
    {
        var text = File.ReadAllText(Shared.Find(["tokenizers", .. path.Split('/')])!);
        return path.EndsWith(".json", StringComparison.Ordinal) ? (string)JsonNode.Parse(text)!["chat_template"]! : text;
    }
}
