using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Appliance.Http.OpenAi.Responses;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Tests.Http.OpenAi;

/// <summary>POST /v1/responses by OpenAI's reference: answers, the whole sequence of events, what is kept, and faults.</summary>
public sealed class ResponsesTests : IAsyncLifetime
{
    private const string Path = "/v1/responses";

    private const string Tools = """
        ,"tools":[{"type":"function","name":"now","description":"The time","strict":true,"parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}]
        """;

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Request(string more = "") => $$"""{"model":"tiny","input":"Hi"{{more}}}""";

    private ScriptedChatClient Script(ChatFinishReason finish, params AIContent[] contents)
    {
        var client = new ScriptedChatClient(finish, contents);
        _host.ChatClient = client;
        return client;
    }

    [Fact]
    public async Task Create_NotStreamed_IsOneResponse()
    {
        var answer = await _host.AskAsync(Path, Request(""","instructions":"Be brief","metadata":{"a":"b"}"""));

        Assert.Matches("^resp_[0-9a-f]{48}$", (string?)answer["id"]);
        Assert.Equal(("response", "completed", "tiny"), ((string?)answer["object"], (string?)answer["status"], (string?)answer["model"]));
        var item = Assert.Single(answer["output"]!.AsArray())!;
        Assert.Matches("^msg_[0-9a-f]{24}$", (string?)item["id"]);
        item["id"] = "";
        Assert.True(JsonNode.DeepEquals(item, JsonNode.Parse("""
            {"id":"","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello from the box.","annotations":[],"logprobs":[]}]}
            """)), item.ToJsonString());
        var prompt = _host.Tiny.Calls.Single().Prompt.Length;
        Assert.True(JsonNode.DeepEquals(answer["usage"], JsonNode.Parse($$"""
            {"input_tokens":{{prompt}},"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":{{prompt + 5}} }
            """)), answer["usage"]!.ToJsonString());
        Assert.Equal(("Be brief", "b", "auto", "text"), ((string?)answer["instructions"], (string?)answer["metadata"]!["a"], (string?)answer["tool_choice"], (string?)answer["text"]!["format"]!["type"]));
        foreach (var name in (string[])["error", "incomplete_details", "previous_response_id"]) Assert.True(answer.ContainsKey(name) && answer[name] is null, name);
    }

    [Fact]
    public async Task Create_Streamed_HasEveryEventInItsOrder()
    {
        var events = await EventsAsync(Request(""","stream":true"""));

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                .. Enumerable.Repeat("response.output_text.delta", 5),
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(e => (string?)e["type"]));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => (int)e["sequence_number"]!));
        Assert.Equal(("in_progress", 0), ((string?)events[0]["response"]!["status"], events[0]["response"]!["output"]!.AsArray().Count));
        var id = (string?)events[2]["item"]!["id"];
        Assert.All(events[3..11], e => Assert.Equal((id, 0, 0), ((string?)e["item_id"], (int)e["output_index"]!, (int)e["content_index"]!)));
        Assert.Equal("Hello from the box.", string.Concat(events[4..9].Select(e => (string?)e["delta"])));
        Assert.Equal("Hello from the box.", (string?)events[9]["text"]);
        Assert.Equal("Hello from the box.", (string?)events[10]["part"]!["text"]);
        // What the end says is what the events said.
        Assert.True(JsonNode.DeepEquals(events[11]["item"], events[12]["response"]!["output"]![0]));
        Assert.Equal(5, (int)events[12]["response"]!["usage"]!["output_tokens"]!);
    }

    [Fact]
    public async Task Create_ThinkingTextAndCallsStreamed_AreItemsOfTheirOwn()
    {
        Script(
            ChatFinishReason.ToolCalls, new TextReasoningContent("Which "), new TextReasoningContent("zone?"), new TextContent("Let me see."),
            ScriptedChatClient.Call("c1", "now", """{"zone":"Zürich <\"x\">"}"""), ScriptedChatClient.Call("c2", "now", "{}"));
        var events = await EventsAsync(Request(Tools + ""","stream":true"""));

        Assert.Equal(
            [
                "created", "in_progress",
                "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.delta", "reasoning_text.done", "content_part.done", "output_item.done",
                "output_item.added", "content_part.added", "output_text.delta", "output_text.done", "content_part.done", "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
                "completed",
            ],
            events.Select(e => ((string)e["type"]!)["response.".Length..]));
        var items = events[^1]["response"]!["output"]!.AsArray();
        Assert.Equal(["reasoning", "message", "function_call", "function_call"], items.Select(i => (string?)i!["type"]));
        Assert.Equal("Which zone?", (string?)items[0]!["content"]![0]!["text"]);
        Assert.Equal(("c1", "now", "completed"), ((string?)items[2]!["call_id"], (string?)items[2]!["name"], (string?)items[2]!["status"]));
        Assert.Equal("Zürich <\"x\">", (string?)JsonNode.Parse((string)items[2]!["arguments"]!)!["zone"]);
        Assert.Equal([0, 1, 2, 3], events.Where(e => (string?)e["type"] == "response.output_item.added").Select(e => (int)e["output_index"]!));
        var added = events.First(e => (string?)e["item"]?["type"] == "function_call");
        Assert.Equal(("", "in_progress"), ((string?)added["item"]!["arguments"], (string?)added["item"]!["status"]));
    }

    [Fact]
    public async Task Create_TokenLimit_IsIncomplete()
    {
        var events = await EventsAsync(Request(""","max_output_tokens":2,"stream":true"""));
        var response = events[^1]["response"]!;
        Assert.Equal("response.incomplete", (string?)events[^1]["type"]);
        Assert.Equal(("incomplete", "max_output_tokens", "incomplete"),
            ((string?)response["status"], (string?)response["incomplete_details"]!["reason"], (string?)response["output"]![0]!["status"]));
    }

    [Fact]
    public async Task Create_Items_ReachTheModel()
    {
        var client = Script(ChatFinishReason.Stop, new TextContent("ok"));
        await _host.AskAsync(Path, """
            {"model":"tiny","instructions":"Be brief.","temperature":0.5,"top_p":0.25,"max_output_tokens":7,"parallel_tool_calls":false,"reasoning":{"effort":"low"},
             "tools":[{"type":"function","name":"now"},{"type":"function","name":"later"}],"tool_choice":{"type":"function","name":"now"},
             "text":{"format":{"type":"json_schema","name":"x","strict":true,"schema":{"type":"object"}}},
             "input":[{"role":"developer","content":"Be kind."},{"type":"message","role":"user","content":[{"type":"input_text","text":"What time "},{"type":"input_text","text":"is it?"}]},
              {"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"a clock"}]},
              {"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Let me look.","annotations":[]}]},
              {"type":"function_call","id":"fc_1","call_id":"c1","name":"now","arguments":"{\"zone\":\"UTC\"}"},{"type":"function_call","call_id":"c2","name":"now","arguments":""},
              {"type":"function_call_output","call_id":"c1","output":"noon"},{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"one"}]}]}
            """);

        var messages = client.Messages;
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], messages.Select(m => m.Role.Value));
        Assert.Equal(["Be kind.", "What time is it?", "Let me look."], messages.Take(3).Select(m => m.Text));
        Assert.Equal(["c1", "c2"], messages[2].Contents.OfType<FunctionCallContent>().Select(c => c.CallId));
        Assert.Equal("a clock", messages[2].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal([("c1", "noon"), ("c2", "one")], messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => (r.CallId, (string)r.Result!)));
        var options = client.Options!;
        Assert.Equal(("Be brief.", 7, 0.5f, 0.25f, false), (options.Instructions, options.MaxOutputTokens, options.Temperature, options.TopP, options.AllowMultipleToolCalls));
        Assert.Equal("now", Assert.IsType<RequiredChatToolMode>(options.ToolMode).RequiredFunctionName);
        Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.Equal("low", (string?)((JsonObject)options.AdditionalProperties![ChatOptionKeys.TemplateVariables]!)["reasoning_effort"]);
    }

    [Fact]
    public async Task Create_AllowedTools_AreTheOnlyOnes()
    {
        var client = Script(ChatFinishReason.Stop, new TextContent("ok"));
        await _host.AskAsync(Path, Request("""
            ,"tools":[{"type":"function","name":"a"},{"type":"function","name":"b"}],"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"b"}]}
            """));
        Assert.Equal("b", Assert.Single(client.Options!.Tools!).Name);
        Assert.IsType<RequiredChatToolMode>(client.Options.ToolMode);
    }

    [Fact]
    public async Task Create_WithAPreviousResponse_GoesOn()
    {
        Script(ChatFinishReason.ToolCalls, new TextContent("Let me see."), ScriptedChatClient.Call("c1", "now", "{}"));
        var first = await _host.AskAsync(Path, Request(Tools + ""","instructions":"First" """));
        var client = Script(ChatFinishReason.Stop, new TextContent("Noon."));
        var second = await _host.AskAsync(Path, $$"""
            {"model":"tiny","instructions":"Second","previous_response_id":"{{first["id"]}}","input":[{"type":"function_call_output","call_id":"c1","output":"12:00"}]}
            """);
        Assert.Equal((string?)first["id"], (string?)second["previous_response_id"]);
        Assert.Equal(["user", "assistant", "tool"], client.Messages.Select(m => m.Role.Value));
        Assert.Equal("c1", client.Messages[1].Contents.OfType<FunctionCallContent>().Single().CallId);
        Assert.Equal("Second", client.Options!.Instructions);
        // Two ways on from one response do not disturb each other.
        client = Script(ChatFinishReason.Stop, new TextContent("One."));
        await _host.AskAsync(Path, $$"""{"model":"tiny","previous_response_id":"{{first["id"]}}","input":"Never mind"}""");
        Assert.Equal(["user", "assistant", "user"], client.Messages.Select(m => m.Role.Value));
    }

    [Fact]
    public async Task Get_And_Delete_KnowWhatWasKept()
    {
        var made = await _host.AskAsync(Path, Request());
        var url = $"{Path}/{made["id"]}";
        Assert.True(JsonNode.DeepEquals(made, JsonNode.Parse(await _host.Client.GetStringAsync(url))));
        using var deleted = await _host.Client.DeleteAsync(url);
        Assert.Equal($$"""{"id":"{{made["id"]}}","object":"response","deleted":true}""", await deleted.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.DeleteAsync(url)).StatusCode);
        var error = await _host.AskAsync(Path, Request($$""","previous_response_id":"{{made["id"]}}" """), 400);
        Assert.Equal(("previous_response_id", "previous_response_not_found"), ((string?)error["error"]!["param"], (string?)error["error"]!["code"]));
    }

    [Fact]
    public async Task Create_NotToBeStored_IsNot()
    {
        var made = await _host.AskAsync(Path, Request(""","store":false"""));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync($"{Path}/{made["id"]}")).StatusCode);
    }

    [Fact]
    public void Store_Full_ForgetsTheOldest_AndKnowsOwners()
    {
        var store = new ResponseStore();
        for (var i = 0; i < ResponseStore.MostResponses + 2; i++) store.Add(Stored($"r{i}", 10));
        Assert.Throws<Appliance.Http.ApiException>(() => store.Get("r1", "me"));
        Assert.Equal("r2", store.Get("r2", "me").Response.Id);
        Assert.Throws<Appliance.Http.ApiException>(() => store.Get("r2", "you"));
        store.Add(Stored("large", ResponseStore.MostCharacters));
        Assert.Throws<Appliance.Http.ApiException>(() => store.Get("r2", "me"));
        store.Add(Stored("too-large", ResponseStore.MostCharacters + 1));
        Assert.Equal("large", store.Get("large", "me").Response.Id);

        static StoredResponse Stored(string id, long characters) => new(new Response(id, 0, "tiny"), "me", [], characters);
    }

    [Theory]
    [InlineData("""{"model":"tiny"}""", "input")]
    [InlineData("""{"model":"tiny","input":[]}""", "input")]
    [InlineData("""{"model":"tiny","input":[7]}""", "input[0]")]
    [InlineData("""{"model":"tiny","input":[{"type":"item_reference","id":"x"}]}""", "input[0]")]
    [InlineData("""{"model":"tiny","input":[{"role":"wizard","content":"x"}]}""", "input[0].role")]
    [InlineData("""{"model":"tiny","input":[{"role":"user"}]}""", "input[0].content")]
    [InlineData("""{"model":"tiny","input":[{"role":"user","content":[{"type":"input_image"}]}]}""", "input[0].content[0]")]
    [InlineData("""{"model":"tiny","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"["}]}""", "input[0].arguments")]
    [InlineData("""{"model":"tiny","input":[{"type":"function_call_output","output":"x"}]}""", "input[0].call_id")]
    [InlineData("""{"model":"tiny","input":"x","max_output_tokens":-1}""", "max_output_tokens")]
    [InlineData("""{"model":"tiny","input":"x","temperature":-1}""", "temperature")]
    [InlineData("""{"model":"tiny","input":"x","tools":[{"type":"web_search"}]}""", "tools[0]")]
    [InlineData("""{"model":"tiny","input":"x","tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"model":"tiny","input":"x","tool_choice":"required"}""", "tool_choice")]
    [InlineData("""{"model":"tiny","input":"x","tool_choice":{"type":"function","name":"f"}}""", "tool_choice")]
    [InlineData("""{"model":"tiny","input":"x","text":{"format":{"type":"grammar"}}}""", "text.format.type")]
    [InlineData("""{"model":"tiny","input":"x","text":{"format":{"type":"json_schema"}}}""", "text.format.schema")]
    [InlineData("""{"model":"tiny","input":"x","background":true}""", "background")]
    [InlineData("""{"model":"tiny","input":"x","conversation":"c"}""", "conversation")]
    [InlineData("""{"model":"tiny","input":"x","truncation":"auto"}""", "truncation")]
    [InlineData("""{"model":"tiny","input":"x","reasoning":{"effort":7}}""", "reasoning.effort")]
    public async Task Create_WrongField_NamesIt(string body, string parameter)
    {
        var error = (await _host.AskAsync(Path, body, 400))["error"]!;
        Assert.Equal(("invalid_request_error", parameter), ((string?)error["type"], (string?)error["param"]));
        Assert.Empty(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Create_FaultInMidStream_IsAFailedResponse()
    {
        _host.Tiny.Answer = _ => Fail();
        var events = await EventsAsync(Request(""","stream":true"""));
        Assert.Equal("One", (string?)events[^2]["delta"]);
        Assert.Equal("response.failed", (string?)events[^1]["type"]);
        Assert.Equal(("failed", "server_error", "out of memory"),
            ((string?)events[^1]["response"]!["status"], (string?)events[^1]["response"]!["error"]!["code"], (string?)events[^1]["response"]!["error"]!["message"]));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => (int)e["sequence_number"]!));

        static async IAsyncEnumerable<string> Fail()
        {
            yield return "One";
            await Task.Yield();
            throw new Models.ModelException("out of memory");
        }
    }

    [Fact]
    public async Task Create_FaultBeforeTheFirstToken_HasItsOwnStatusEvenWhenStreamed()
    {
        var error = (await _host.AskAsync(Path, Request(""","stream":true""").Replace("Hi", new string('x', 5000), StringComparison.Ordinal), 400))["error"]!;
        Assert.Equal("context_length_exceeded", (string?)error["code"]);
    }

    private async Task<List<JsonObject>> EventsAsync(string request)
    {
        var stream = await _host.StreamAsync(Path, request, "text/event-stream");
        var events = stream.Split("\n\n");
        Assert.Equal("", events[^1]);
        var read = new List<JsonObject>();
        foreach (var text in events[..^1])
        {
            var parts = Regex.Match(text, "^event: ([a-z_.]+)\ndata: (.*)$");
            Assert.True(parts.Success, text);
            read.Add(JsonNode.Parse(parts.Groups[2].Value)!.AsObject());
            Assert.Equal(parts.Groups[1].Value, (string?)read[^1]["type"]);
        }
        return read;
    }
}
