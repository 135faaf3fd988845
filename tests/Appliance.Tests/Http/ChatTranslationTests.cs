using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Http.OpenAi;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Tests.Http;

public sealed class ChatTranslationTests
{
    private static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Translate(string json) =>
        ChatTranslation.Translate(JsonSerializer.Deserialize(json, OpenAiJson.Wire.ChatCompletionRequest)!);

    [Fact]
    public void Translate_EveryRole_BecomesItsMessage()
    {
        var (messages, _) = Translate("""
            {"messages":[
              {"role":"system","content":"S"},
              {"role":"developer","content":"D"},
              {"role":"user","content":[{"type":"text","text":"U1"},{"type":"text","text":"U2"}],"name":"ann"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":[1,2]}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"},
              {"role":"assistant","content":"A"}]}
            """);

        Assert.Equal(["system", "system", "user", "assistant", "tool", "assistant"], messages.Select(m => m.Role.Value));
        Assert.Equal(["S", "D", "U1U2", "", "", "A"], messages.Select(m => m.Text));
        Assert.Equal("ann", messages[2].AuthorName);
        var call = Assert.IsType<FunctionCallContent>(Assert.Single(messages[3].Contents));
        Assert.Equal(("c1", "f", "[1,2]"), (call.CallId, call.Name, ((JsonElement)call.Arguments!["x"]!).GetRawText()));
        var result = Assert.IsType<FunctionResultContent>(Assert.Single(messages[4].Contents));
        Assert.Equal(("c1", "42"), (result.CallId, result.Result));
    }

    private const string WithTool = """
        {"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":
          {"name":"now","description":"The time.","parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}}]
        """;

    [Theory]
    [InlineData("}")]
    [InlineData(""","tool_choice":"auto"}""")]
    public void Translate_Tools_BecomeDeclarations(string rest)
    {
        var tool = Assert.IsType<AIFunctionDeclaration>(Assert.Single(Translate(WithTool + rest).Options.Tools!), exactMatch: false);
        Assert.Equal(("now", "The time."), (tool.Name, tool.Description));
        Assert.Equal("""{"type":"object","properties":{"zone":{"type":"string"}}}""", tool.JsonSchema.GetRawText());
    }

    [Fact]
    public void Translate_ToolChoiceNone_LeavesTheToolsOut()
    {
        var (_, options) = Translate(WithTool + ""","tool_choice":"none"}""");
        Assert.Empty(options.Tools ?? []);
        Assert.Equal(ChatToolMode.None, options.ToolMode);
    }

    public static TheoryData<string, ChatToolMode?> ToolChoices => new()
    {
        { "null", null },
        { "\"auto\"", ChatToolMode.Auto },
        { "\"required\"", ChatToolMode.RequireAny },
        { """{"type":"function","function":{"name":"now"}}""", ChatToolMode.RequireSpecific("now") },
    };

    [Theory]
    [MemberData(nameof(ToolChoices))]
    public void Translate_ToolChoice_BecomesTheToolMode(string choice, ChatToolMode? mode)
    {
        var (_, options) = Translate(WithTool + $$""","tool_choice":{{choice}}}""");
        Assert.Equal(mode, options.ToolMode);
        Assert.Single(options.Tools!);
    }

    [Theory]
    [InlineData("}", null)]
    [InlineData(""","parallel_tool_calls":false}""", false)]
    [InlineData(""","parallel_tool_calls":true}""", true)]
    public void Translate_ParallelToolCalls_IsHandedOn(string rest, bool? allowed) =>
        Assert.Equal(allowed, Translate(WithTool + rest).Options.AllowMultipleToolCalls);

    private static ChatResponseFormat? Format(string format) =>
        Translate($$"""{"messages":[{"role":"user","content":"x"}],"response_format":{{format}}}""").Options.ResponseFormat;

    [Fact]
    public void Translate_ResponseFormat_IsHandedOn()
    {
        Assert.Null(Format("null"));
        Assert.Same(ChatResponseFormat.Text, Format("""{"type":"text"}"""));
        Assert.Same(ChatResponseFormat.Json, Format("""{"type":"json_object"}"""));
        var json = Assert.IsType<ChatResponseFormatJson>(Format(
            """{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"integer"},"strict":true}}"""));
        Assert.Equal(("n", "d", """{"type":"integer"}"""), (json.SchemaName, json.SchemaDescription, json.Schema!.Value.GetRawText()));
    }

    [Fact]
    public void Translate_TemplateVariables_TravelBesideTheOptions()
    {
        var (_, options) = Translate("""{"messages":[{"role":"user","content":"x"}],"chat_template_kwargs":{"enable_thinking":false}}""");
        var variables = Assert.IsType<JsonObject>(options.AdditionalProperties![ChatOptionKeys.TemplateVariables]);
        Assert.Equal("""{"enable_thinking":false}""", variables.ToJsonString());
    }
}
