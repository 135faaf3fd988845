using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Generation.Scheduling;

namespace Appliance.Tests.Http.Anthropic;

/// <summary>POST /v1/messages by Anthropic's reference: answers, streams, tools and faults.</summary>
public sealed class MessagesTests : IAsyncLifetime
{
    private const string Path = "/v1/messages";

    private const string Tools = """
        ,"tools":[{"name":"now","description":"The time","input_schema":{"type":"object","properties":{"zone":{"type":"string"}}}}]
        """;

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Request(string more = "") => $$"""{"model":"tiny","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]{{more}}}""";

    private ScriptedChatClient Script(ChatFinishReason finish, params AIContent[] contents)
    {
        var client = new ScriptedChatClient(finish, contents);
        _host.ChatClient = client;
        return client;
    }

    [Fact]
    public async Task Post_NotStreamed_IsOneMessage()
    {
        var answer = await _host.AskAsync(Path, Request());

        Assert.StartsWith("msg_", (string?)answer["id"]);
        answer["id"] = "";
        var prompt = _host.Tiny.Calls.Single().Prompt.Length;
        Assert.True(JsonNode.DeepEquals(answer, JsonNode.Parse($$"""
            {"id":"","type":"message","role":"assistant","model":"tiny","content":[{"type":"text","text":"Hello from the box."}],"stop_reason":"end_turn",
             "stop_sequence":null,"usage":{"input_tokens":{{prompt}},"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":5} }
            """)), answer.ToJsonString());
    }

    [Fact]
    public async Task Post_Streamed_HasEveryEventInItsOrder()
    {
        var events = await EventsAsync(Request(""","stream":true"""));

        Assert.Equal(
            ["message_start", "ping", "content_block_start", .. Enumerable.Repeat("content_block_delta", 5), "content_block_stop", "message_delta", "message_stop"],
            events.Select(e => (string?)e["type"]));
        var prompt = _host.Tiny.Calls.Single().Prompt.Length;
        var start = events[0]["message"]!;
        Assert.Equal((prompt, 0), ((int)start["usage"]!["input_tokens"]!, (int)start["usage"]!["output_tokens"]!));
        Assert.True(start.AsObject().ContainsKey("stop_reason") && start["stop_reason"] is null);
        Assert.Empty(start["content"]!.AsArray());
        Assert.Equal("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""", Sorted(events[2], "type", "index", "content_block"));
        Assert.Equal("Hello from the box.", string.Concat(events[3..8].Select(e => (string?)e["delta"]!["text"])));
        Assert.All(events[3..8], e => Assert.Equal((0, "text_delta"), ((int)e["index"]!, (string?)e["delta"]!["type"])));
        Assert.Equal("""{"stop_reason":"end_turn","stop_sequence":null}""", events[^2]["delta"]!.ToJsonString());
        Assert.Equal((prompt, 5), ((int)events[^2]["usage"]!["input_tokens"]!, (int)events[^2]["usage"]!["output_tokens"]!));
    }

    [Fact]
    public async Task Post_ThinkingTextAndCallsStreamed_AreBlocksOfTheirOwn()
    {
        Script(
            ChatFinishReason.ToolCalls, new TextReasoningContent("Which "), new TextReasoningContent("zone?"), new TextContent("Let me see."),
            ScriptedChatClient.Call("c1", "now", """{"zone":"Zürich <\"x\">"}"""), ScriptedChatClient.Call("c2", "now", "{}"));
        var events = await EventsAsync(Request(Tools + ""","stream":true"""));

        var starts = events.Where(e => (string?)e["type"] == "content_block_start").ToList();
        Assert.Equal(
            [(0, "thinking"), (1, "text"), (2, "tool_use"), (3, "tool_use")], starts.Select(e => ((int)e["index"]!, (string)e["content_block"]!["type"]!)));
        Assert.Equal("""{"type":"tool_use","id":"c1","name":"now","input":{}}""", Sorted(starts[2]["content_block"]!, "type", "id", "name", "input"));
        Assert.Equal("Which zone?", string.Concat(Deltas(0).Select(d => (string?)d["thinking"])));
        Assert.Equal("Let me see.", (string?)Assert.Single(Deltas(1))["text"]);
        Assert.Equal("Zürich <\"x\">", (string?)JsonNode.Parse((string)Assert.Single(Deltas(2))["partial_json"]!)!["zone"]);
        Assert.Equal("{}", (string?)Assert.Single(Deltas(3))["partial_json"]);
        Assert.Equal("tool_use", (string?)events[^2]["delta"]!["stop_reason"]);
        // A block is closed before the next begins.
        var framing = events.Where(e => e.ContainsKey("index")).Select(e => ((string)e["type"]!, (int)e["index"]!)).Where(e => e.Item1 != "content_block_delta");
        Assert.Equal(Enumerable.Range(0, 4).SelectMany(i => new[] { ("content_block_start", i), ("content_block_stop", i) }), framing);

        List<JsonNode> Deltas(int index) =>
            [.. events.Where(e => (string?)e["type"] == "content_block_delta" && (int)e["index"]! == index).Select(e => e["delta"]!)];
    }

    [Fact]
    public async Task Post_CallsNotStreamed_AreBlocks()
    {
        Script(ChatFinishReason.ToolCalls, new TextReasoningContent("Hm"), ScriptedChatClient.Call("c1", "now", """{"zone":"UTC"}"""));
        var answer = await _host.AskAsync(Path, Request(Tools));
        Assert.Equal("tool_use", (string?)answer["stop_reason"]);
        Assert.True(JsonNode.DeepEquals(answer["content"], JsonNode.Parse("""
            [{"type":"thinking","thinking":"Hm","signature":""},{"type":"tool_use","id":"c1","name":"now","input":{"zone":"UTC"}}]
            """)), answer.ToJsonString());
    }

    [Fact]
    public async Task Post_WholeConversation_ReachesTheModel()
    {
        var client = Script(ChatFinishReason.Stop, new TextContent("ok"));
        await _host.AskAsync(Path, """
            {"model":"tiny","max_tokens":7,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}},{"type":"text","text":"Be kind."}],
             "temperature":0.5,"top_k":9,"top_p":0.25,"stop_sequences":["a","b"],"metadata":{"user_id":"x"},"thinking":{"type":"enabled","budget_tokens":1024},
             "tool_choice":{"type":"tool","name":"now","disable_parallel_tool_use":true},
             "tools":[{"type":"custom","name":"now","input_schema":{"type":"object"}}],
             "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},
             "messages":[
              {"role":"user","content":[{"type":"text","text":"What time is it?"}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"a clock","signature":"s"},{"type":"redacted_thinking","data":"x"},
               {"type":"text","text":"Let me look."},{"type":"tool_use","id":"t1","name":"now","input":{"zone":"UTC"}},{"type":"tool_use","id":"t2","name":"now","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"noon"},
               {"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[{"type":"text","text":"no clock"}]},{"type":"text","text":"Go on."}]}]}
            """);

        var messages = client.Messages;
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "user"], messages.Select(m => m.Role.Value));
        Assert.Equal(["Be brief.\nBe kind.", "What time is it?", "Let me look.", "", "", "Go on."], messages.Select(m => m.Text));
        Assert.Equal("a clock", Assert.Single(messages[2].Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(["t1", "t2"], messages[2].Contents.OfType<FunctionCallContent>().Select(c => c.CallId));
        Assert.Equal([("t1", "noon"), ("t2", "Error: no clock")], messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => (r.CallId, (string)r.Result!)));
        var options = client.Options!;
        Assert.Equal((7, 0.5f, 9, 0.25f), (options.MaxOutputTokens, options.Temperature, options.TopK, options.TopP));
        Assert.Equal(["a", "b"], options.StopSequences);
        Assert.Equal("now", Assert.IsType<RequiredChatToolMode>(options.ToolMode).RequiredFunctionName);
        Assert.False(options.AllowMultipleToolCalls);
        Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.True((bool)((JsonObject)options.AdditionalProperties![ChatOptionKeys.TemplateVariables]!)["enable_thinking"]!);
    }

    [Fact]
    public async Task Post_NoOptions_UsesAnthropicsDefaults()
    {
        var client = Script(ChatFinishReason.Stop);
        await _host.AskAsync(Path, Request());
        Assert.Equal(1, client.Options!.Temperature);
        Assert.False((bool)((JsonObject)client.Options.AdditionalProperties![ChatOptionKeys.TemplateVariables]!)["enable_thinking"]!);
    }

    [Fact]
    public async Task Post_AfterAToolsResult_ComesAfterWhoHasJustAsked()
    {
        await _host.AskAsync(Path, """
            {"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"now","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]}
            """);
        Assert.Equal(RunPriority.ToolLoop, _host.Tiny.Calls.Single().Options.Priority);
    }

    [Fact]
    public async Task Post_TokenLimit_SaysMaxTokens()
    {
        var answer = await _host.AskAsync(Path, Request().Replace("50", "2", StringComparison.Ordinal));
        Assert.Equal(("max_tokens", "Hello from"), ((string?)answer["stop_reason"], (string?)answer["content"]![0]!["text"]));
    }

    [Fact]
    public async Task Post_StopSequenceMet_IsNamed()
    {
        _host.Tiny.StopString = "box";
        var answer = await _host.AskAsync(Path, Request(""","stop_sequences":["x","box"]"""));
        Assert.Equal(("stop_sequence", "box"), ((string?)answer["stop_reason"], (string?)answer["stop_sequence"]));
        // One of the chat's own is nobody's business.
        answer = await _host.AskAsync(Path, Request(""","stop_sequences":["x"]"""));
        Assert.Equal(("end_turn", null), ((string?)answer["stop_reason"], (string?)answer["stop_sequence"]));
    }

    [Fact]
    public async Task CountTokens_IsThePromptsLength()
    {
        const string body = """{"model":"tiny","system":"Sé","messages":[{"role":"user","content":"How many?"}]""";
        var counted = await _host.AskAsync(Path + "/count_tokens", body + "}");
        await _host.AskAsync(Path, body + ""","max_tokens":1}""");
        Assert.Equal(_host.Tiny.Calls.Single().Prompt.Length, (int)counted["input_tokens"]!);
    }

    [Fact]
    public async Task Models_ForAnthropicsClient_HaveItsShape()
    {
        _host.Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var page = JsonNode.Parse(await _host.Client.GetStringAsync("/v1/models"))!;
        Assert.Equal(["other:7b", "tiny", "hash-1024"], page["data"]!.AsArray().Select(m => (string?)m!["id"]));
        Assert.Equal("model", (string?)page["data"]![0]!["type"]);
        Assert.False((bool)page["has_more"]!);
        var one = JsonNode.Parse(await _host.Client.GetStringAsync("/v1/models/tiny"))!;
        Assert.Equal(("tiny", "2026-01-02T03:04:05+00:00"), ((string?)one["display_name"], (string?)one["created_at"]));
        using var missing = await _host.Client.GetAsync("/v1/models/claude");
        Assert.Contains("\"type\":\"not_found_error\"", await missing.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"tiny","max_tokens":5}""", "messages")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[null]}""", "messages[0]")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"tool","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"I"}]}""", "end with the user")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{}}]}]}""", "source.type")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}]}""", "text only")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{}}]}]}""", "reads text, and pictures")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""", "tool_use_id")]
    [InlineData("""{"model":"tiny","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", "Anthropic's servers")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"any"}}""", "tool_choice")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"tool","name":"f"}}""", "tool_choice")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"stop_sequences":[""]}""", "stop_sequences")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"much"}}""", "thinking.type")]
    [InlineData("""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}],"mcp_servers":[]}""", "mcp_servers")]
    [InlineData("""{"model":""", "JSON")]
    public async Task Post_WrongRequest_IsAnInvalidRequestError(string body, string names)
    {
        var answer = await _host.AskAsync(Path, body, 400);
        Assert.Equal(("error", "invalid_request_error"), ((string?)answer["type"], (string?)answer["error"]!["type"]));
        Assert.Contains(names, (string?)answer["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnknownModel_IsNotFound()
    {
        using var response = await _host.PostAsync(Path, Request().Replace("tiny", "claude", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("request-id")));
        Assert.Equal("not_found_error", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["type"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","stream":true""")]
    public async Task Post_TooMuchToDo_IsOverloaded(string more)
    {
        _host.ChatClient = new ScriptedChatClient(ChatFinishReason.Stop) { Fault = new GenerationException("busy") { RetryAfter = TimeSpan.FromSeconds(3) } };
        using var response = await _host.PostAsync(Path, Request(more));
        Assert.Equal((529, "3"), ((int)response.StatusCode, response.Headers.GetValues("Retry-After").Single()));
        Assert.Contains("overloaded_error", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_FaultInMidStream_IsAnErrorEvent()
    {
        _host.Tiny.Answer = _ => Fail();
        var events = await EventsAsync(Request(""","stream":true"""));
        Assert.Equal("One", (string?)events[^2]["delta"]!["text"]);
        Assert.Equal(("error", "out of memory"), ((string?)events[^1]["type"], (string?)events[^1]["error"]!["message"]));

        static async IAsyncEnumerable<string> Fail()
        {
            yield return "One";
            await Task.Yield();
            throw new Models.ModelException("out of memory");
        }
    }

    [Fact]
    public async Task Post_KeyInItsOwnHeader_IsCheckedLikeABearer()
    {
        const string token = "0123456789abcdef0123456789abcdef";
        await using var host = await TestHost.StartAsync(o => o with { Token = token });
        using var without = await host.PostAsync(Path, Request());
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Contains("authentication_error", await without.Content.ReadAsStringAsync());
        host.Client.DefaultRequestHeaders.Add("x-api-key", "wrong");
        using var wrong = await host.PostAsync(Path, Request());
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        host.Client.DefaultRequestHeaders.Remove("x-api-key");
        host.Client.DefaultRequestHeaders.Add("x-api-key", token);
        await host.AskAsync(Path, Request());
        host.Client.DefaultRequestHeaders.Remove("x-api-key");
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await host.AskAsync(Path, Request());
    }

    private async Task<List<JsonObject>> EventsAsync(string request)
    {
        var stream = await _host.StreamAsync(Path, request, "text/event-stream");
        var events = stream.Split("\n\n");
        Assert.Equal("", events[^1]);
        var read = new List<JsonObject>();
        foreach (var text in events[..^1])
        {
            var parts = Regex.Match(text, "^event: ([a-z_]+)\ndata: (.*)$");
            Assert.True(parts.Success, text);
            read.Add(JsonNode.Parse(parts.Groups[2].Value)!.AsObject());
            Assert.Equal(parts.Groups[1].Value, (string?)read[^1]["type"]);
        }
        return read;
    }

    private static string Sorted(JsonNode node, params string[] order)
    {
        Assert.Equal(order.Order(), node.AsObject().Select(member => member.Key).Order());
        return new JsonObject(order.Select(name => KeyValuePair.Create(name, node[name]?.DeepClone()))).ToJsonString();
    }
}
