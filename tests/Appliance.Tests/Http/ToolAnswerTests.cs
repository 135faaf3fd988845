using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Generation.Scheduling;

namespace Appliance.Tests.Http;

/// <summary>Tool calls and thinking on their way to the clients of both wires.</summary>
public sealed class ToolAnswerTests : IAsyncLifetime
{
    private const string Tools = """
        ,"tools":[{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}}]
        """;

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Request(string more) => $$"""{"model":"tiny","messages":[{"role":"user","content":"Hi"}]{{Tools}}{{more}}}""";

    [Fact]
    public async Task Post_AfterAToolsResult_ComesAfterWhoHasJustAsked()
    {
        await _host.AskAsync("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"Hi"}]}""");
        await _host.AskAsync("/v1/chat/completions", """
            {"model":"tiny","messages":[{"role":"user","content":"Hi"},
             {"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"now","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"noon"}]}
            """);
        Assert.Equal([RunPriority.Interactive, RunPriority.ToolLoop], _host.Tiny.Calls.Select(call => call.Options.Priority));
    }

    private void Script(ChatFinishReason finish, params AIContent[] contents) => _host.ChatClient = new ScriptedChatClient(finish, contents);

    private void ScriptTwoCalls() => Script(
        ChatFinishReason.ToolCalls,
        new TextReasoningContent("Which "),
        new TextReasoningContent("zone?"),
        ScriptedChatClient.Call("c1", "now", """{"zone":"Zürich <\"x\">","n":[1,2.50,null,{"a":true}]}"""),
        ScriptedChatClient.Call("c2", "now", "{}"));

    [Fact]
    public async Task OpenAi_CallsNotStreamed_AreInTheMessage()
    {
        ScriptTwoCalls();
        using var response = await _host.PostAsync("/v1/chat/completions", Request(""));
        var body = await response.Content.ReadAsStringAsync();
        var choice = JsonNode.Parse(body)!["choices"]![0]!;

        Assert.Contains("Zürich", body);
        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
        var message = choice["message"]!.AsObject();
        Assert.True(message.ContainsKey("content") && message["content"] is null);
        Assert.Equal("Which zone?", (string?)message["reasoning_content"]);
        Assert.True(JsonNode.DeepEquals(message["tool_calls"], JsonNode.Parse("""
            [{"id":"c1","type":"function","function":{"name":"now","arguments":"{\"zone\":\"Zürich <\\\"x\\\">\",\"n\":[1,2.50,null,{\"a\":true}]}"}},
             {"id":"c2","type":"function","function":{"name":"now","arguments":"{}"}}]
            """)), message.ToJsonString());
    }

    [Fact]
    public async Task OpenAi_CallsStreamed_AreOneDeltaEach()
    {
        ScriptTwoCalls();
        var stream = await _host.StreamAsync("/v1/chat/completions", Request(""","stream":true"""), "text/event-stream");

        var choices = stream.Split("\n\n")[..^2].Select(e => JsonNode.Parse(e["data: ".Length..])!["choices"]![0]!).ToList();
        Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"reasoning_content":"Which "}""",
                """{"reasoning_content":"zone?"}""",
            ],
            choices[..3].Select(c => c["delta"]!.ToJsonString()));
        var calls = choices[3..5].Select(c => Assert.Single(c["delta"]!.AsObject())).ToList();
        Assert.All(calls, c => Assert.Equal("tool_calls", c.Key));
        var first = Assert.Single(calls[0].Value!.AsArray())!;
        Assert.Equal((0, "c1", "function"), ((int)first["index"]!, (string?)first["id"], (string?)first["type"]));
        Assert.Equal("Zürich <\"x\">", (string?)JsonNode.Parse((string)first["function"]!["arguments"]!)!["zone"]);
        Assert.True(JsonNode.DeepEquals(calls[1].Value, JsonNode.Parse("""[{"index":1,"id":"c2","type":"function","function":{"name":"now","arguments":"{}"}}]""")));
        Assert.Equal([null, null, null, null, null, "tool_calls"], choices.Select(c => (string?)c["finish_reason"]));
        Assert.Equal("{}", choices[^1]["delta"]!.ToJsonString());
    }

    [Fact]
    public async Task OpenAi_TextBesideACall_IsKept()
    {
        Script(ChatFinishReason.ToolCalls, new TextContent("Let me see."), ScriptedChatClient.Call("c1", "now", "{}"));
        var message = (await _host.AskAsync("/v1/chat/completions", Request("")))["choices"]![0]!["message"]!.AsObject();
        Assert.Equal("Let me see.", (string?)message["content"]);
        Assert.Single(message["tool_calls"]!.AsArray());
        Assert.False(message.ContainsKey("reasoning_content"));
    }

    [Fact]
    public async Task OpenAi_ThinkingCutShort_SaysLength()
    {
        Script(ChatFinishReason.Length, new TextReasoningContent("Hm"));
        var choice = (await _host.AskAsync("/v1/chat/completions", Request("")))["choices"]![0]!;
        Assert.Equal("length", (string?)choice["finish_reason"]);
        Assert.Equal("""{"content":"","role":"assistant","refusal":null,"reasoning_content":"Hm"}""", choice["message"]!.ToJsonString());
    }

    public static TheoryData<string> OddArguments => new()
    {
        """{"x":"\ud800"}""",
        """{"x":{"\udc00":1}}""",
        "{\"x\":[1,\r\n2]}",
        $$"""{"x":{{new string('[', 63)}}{{new string(']', 63)}}}""",
    };

    [Theory]
    [MemberData(nameof(OddArguments))]
    public async Task Arguments_OddButJson_ArriveAsTheModelWroteThem(string arguments)
    {
        Script(ChatFinishReason.ToolCalls, ScriptedChatClient.Call("c1", "now", arguments));
        var oneLine = arguments.Replace('\n', ' ').Replace('\r', ' ');

        var message = (await _host.AskAsync("/v1/chat/completions", Request("")))["choices"]![0]!["message"]!;
        Assert.Equal(oneLine, (string?)message["tool_calls"]![0]!["function"]!["arguments"]);

        var lines = (await _host.StreamAsync("/api/chat", Request(""), "application/x-ndjson")).TrimEnd('\n').Split('\n');
        Assert.Contains($$"""{"name":"now","arguments":{{oneLine}}}""", lines[0]);
        Assert.Equal(2, lines.Length);
        Assert.Empty(_host.Bugs);
    }

    [Fact]
    public async Task Ollama_CallsNotStreamed_AreInTheMessage()
    {
        ScriptTwoCalls();
        var answer = await _host.AskAsync("/api/chat", Request(""","stream":false"""));

        Assert.Equal("stop", (string?)answer["done_reason"]);
        Assert.True(JsonNode.DeepEquals(answer["message"], JsonNode.Parse("""
            {"role":"assistant","content":"","thinking":"Which zone?","tool_calls":[
              {"function":{"name":"now","arguments":{"zone":"Zürich <\"x\">","n":[1,2.50,null,{"a":true}]}}},
              {"function":{"name":"now","arguments":{}}}]}
            """)), answer.ToJsonString());
    }

    [Fact]
    public async Task Ollama_CallsStreamed_AreOneLineEach()
    {
        ScriptTwoCalls();
        var stream = await _host.StreamAsync("/api/chat", Request(""), "application/x-ndjson");
        var lines = stream.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!).ToList();

        Assert.Equal(["Which ", "zone?", null, null, null], lines.Select(l => (string?)l["message"]!["thinking"]));
        Assert.Equal([0, 0, 1, 1, 0], lines.Select(l => l["message"]!["tool_calls"]?.AsArray().Count ?? 0));
        Assert.Equal("[1,2.50,null,{\"a\":true}]", lines[2]["message"]!["tool_calls"]![0]!["function"]!["arguments"]!["n"]!.ToJsonString());
        Assert.All(lines, l => Assert.Equal("", (string?)l["message"]!["content"]));
        Assert.Equal(("stop", 7), ((string?)lines[^1]["done_reason"], (int)lines[^1]["eval_count"]!));
    }

    [Fact]
    public async Task OllamaGenerate_Thinking_StandsBesideTheResponse()
    {
        _host.Tiny.ChatTemplate = Models.Tokens.ChatTemplate.Parse("{{ messages[0].content }}");
        Script(ChatFinishReason.Stop, new TextReasoningContent("Hm"), new TextContent("Yes"));
        var answer = await _host.AskAsync("/api/generate", """{"model":"tiny","prompt":"x","stream":false}""");
        Assert.Equal(("Yes", "Hm"), ((string?)answer["response"], (string?)answer["thinking"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","stream":true""")]
    public async Task OpenAi_ClientRefusesTheSchema_Is400(string more)
    {
        _host.ChatClient = new ScriptedChatClient(ChatFinishReason.Stop)
        {
            Fault = new GenerationException("The keyword 'not' is not supported.") { Parameter = "response_format" },
        };
        var error = (await _host.AskAsync("/v1/chat/completions", Request(more), 400))["error"]!;
        Assert.Equal(("invalid_request_error", "response_format"), ((string?)error["type"], (string?)error["param"]));
        Assert.Contains("'not'", (string?)error["message"]);
        Assert.Empty(_host.Bugs);
    }
}
