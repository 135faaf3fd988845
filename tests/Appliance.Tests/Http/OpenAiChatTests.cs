using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Models.Generation;

namespace Appliance.Tests.Http;

public sealed class OpenAiChatTests : IAsyncLifetime
{
    private const string Path = "/v1/chat/completions";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Request(string more = "") => $$"""{"model":"tiny","messages":[{"role":"user","content":"Hi"}]{{more}}}""";

    [Fact]
    public async Task Post_NotStreamed_AnswersOneCompletion()
    {
        var answer = await _host.AskAsync(Path, Request());

        Assert.StartsWith("chatcmpl-", (string?)answer["id"]);
        Assert.Equal("chat.completion", (string?)answer["object"]);
        Assert.Equal("tiny", (string?)answer["model"]);
        var choice = Assert.Single(answer["choices"]!.AsArray())!;
        Assert.Equal("""{"content":"Hello from the box.","role":"assistant","refusal":null}""", choice["message"]!.ToJsonString());
        Assert.Equal("stop", (string?)choice["finish_reason"]);
        var promptTokens = _host.Tiny.Calls.Single().Prompt.Length;
        Assert.Equal($$$"""{"prompt_tokens":{{{promptTokens}}},"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":0},"total_tokens":{{{promptTokens + 5}}}}""", answer["usage"]!.ToJsonString());
    }

    [Fact]
    public async Task Post_Streamed_FramesEveryEventExactly()
    {
        var stream = await _host.StreamAsync(Path, Request(""","stream":true,"max_tokens":2"""), "text/event-stream");

        var id = Regex.Match(stream, "\"id\":\"(chatcmpl-[0-9a-f]{24})\"").Groups[1].Value;
        var created = Regex.Match(stream, "\"created\":([0-9]+)").Groups[1].Value;
        var expected = string.Concat(new[]
        {
            """{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"logprobs":null}""",
            """{"index":0,"delta":{"content":"Hello"},"finish_reason":null,"logprobs":null}""",
            """{"index":0,"delta":{"content":" from"},"finish_reason":null,"logprobs":null}""",
            """{"index":0,"delta":{},"finish_reason":"length","logprobs":null}""",
        }.Select(choice => $$"""data: {"id":"{{id}}","created":{{created}},"model":"tiny","choices":[{{choice}}],"object":"chat.completion.chunk"}""" + "\n\n"));
        Assert.Equal(expected + "data: [DONE]\n\n", stream);
    }

    [Fact]
    public async Task Post_StreamedWithUsage_EndsWithAnEventOfUsageAlone()
    {
        var stream = await _host.StreamAsync(Path, Request(""","stream":true,"stream_options":{"include_usage":true}"""), "text/event-stream");

        var events = Events(stream).ToList();
        Assert.All(events[..^1], e => Assert.True(e.ContainsKey("usage") && e["usage"] is null));
        Assert.Empty(events[^1]["choices"]!.AsArray());
        Assert.Equal(5, (int?)events[^1]["usage"]!["completion_tokens"]);
    }

    [Fact]
    public async Task Post_NoOptions_UsesOpenAisDefaults()
    {
        await _host.AskAsync(Path, Request());

        var options = _host.Tiny.Calls.Single().Options;
        Assert.Equal(new GenerationOptions { Temperature = 1, Stop = options.Stop }, options);
    }

    [Fact]
    public async Task Post_EveryOption_ReachesTheModel()
    {
        await _host.AskAsync(Path, Request("""
            ,"max_completion_tokens":7,"temperature":0.5,"top_p":0.25,"top_k":9,"min_p":0.125,"repetition_penalty":1.5,"presence_penalty":0.75,
            "frequency_penalty":-0.5,"seed":-3,"stop":["a","b"],"logit_bias":{"5":-100},"user":"me","store":false,"n":1,"unknown_field":{}
            """));

        var options = _host.Tiny.Calls.Single().Options;
        Assert.Equal(7, options.MaxTokens);
        Assert.Equal(0.5f, options.Temperature);
        Assert.Equal(0.25f, options.TopP);
        Assert.Equal(9, options.TopK);
        Assert.Equal(0.125f, options.MinP);
        Assert.Equal(1.5f, options.RepetitionPenalty);
        Assert.Equal(0.75f, options.PresencePenalty);
        Assert.Equal(-0.5f, options.FrequencyPenalty);
        Assert.Equal(unchecked((ulong)-3L), options.Seed);
        Assert.Equal(["a", "b"], options.Stop.Take(2));
        Assert.Equal(-100, options.LogitBias![5]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"model\":null,")]
    [InlineData("\"model\":\"\",")]
    public async Task Post_NoModel_UsesTheDefault(string model)
    {
        await using var host = await TestHost.StartAsync(o => o with { Model = "other:7b" });
        var answer = await host.AskAsync(Path, $$"""{{{model}}"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal("other:7b", (string?)answer["model"]);
    }

    [Fact]
    public async Task Post_TextThatIsNotAscii_ArrivesAsItself()
    {
        _host.Tiny.Answer = _ => ScriptedModel.Say("Grüße ", "\"😀\"", "\n<b>");
        using var response = await _host.PostAsync(Path, Request());
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("Grüße", body);
        Assert.Contains("<b>", body);
        Assert.Equal("Grüße \"😀\"\n<b>", (string?)JsonNode.Parse(body)!["choices"]![0]!["message"]!["content"]);
    }

    [Theory]
    [InlineData(""","n":2""", "n")]
    [InlineData(""","logprobs":true""", "logprobs")]
    [InlineData(""","response_format":{"type":"grammar"}""", "response_format")]
    [InlineData(""","response_format":{}""", "response_format")]
    [InlineData(""","response_format":"text" """, "response_format")]
    [InlineData(""","response_format":{"type":"json_schema"}""", "response_format.json_schema")]
    [InlineData(""","response_format":{"type":"json_schema","json_schema":{"name":"x"}}""", "response_format.json_schema.schema")]
    [InlineData(""","response_format":{"type":"json_schema","json_schema":{"schema":{"a":1,"a":2}}}""", "response_format.json_schema.schema")]
    [InlineData(""","tool_choice":"required" """, "tool_choice")]
    [InlineData(""","tool_choice":"sometimes" """, "tool_choice")]
    [InlineData(""","tool_choice":{"type":"function","name":"f"}""", "tool_choice")]
    [InlineData(""","tool_choice":{"type":"function","function":{"name":7}}""", "tool_choice.function.name")]
    [InlineData(""","tool_choice":{"type":"function","function":{"name":"g"}},"tools":[{"type":"function","function":{"name":"f"}}]""", "tool_choice")]
    [InlineData(""","parallel_tool_calls":"yes" """, "parallel_tool_calls")]
    [InlineData(""","tool_choice":{"type":"function","function":{"name":"f"}}""", "tool_choice")]
    [InlineData(""","functions":[]""", "functions")]
    [InlineData(""","max_tokens":-1""", "max_tokens")]
    [InlineData(""","max_tokens":"many" """, "max_tokens")]
    [InlineData(""","max_tokens":99999999999999999999""", "max_tokens")]
    [InlineData(""","max_completion_tokens":-1""", "max_completion_tokens")]
    [InlineData(""","temperature":-0.1""", "temperature")]
    [InlineData(""","temperature":1e400""", "temperature")]
    [InlineData(""","top_p":0""", "top_p")]
    [InlineData(""","min_p":2""", "min_p")]
    [InlineData(""","stop":""  """, "stop")]
    [InlineData(""","stop":[1]""", "stop")]
    [InlineData(""","stop":["0","1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]""", "stop")]
    [InlineData(""","logit_bias":{"x":1}""", "logit_bias")]
    [InlineData(""","logit_bias":{"1":101}""", "logit_bias")]
    [InlineData(""","tools":[{"type":"custom"}]""", "tools[0]")]
    [InlineData(""","tools":[{"type":"function","function":{"name":""}}]""", "tools[0].function.name")]
    [InlineData(""","tools":[{"type":"function","function":{"name":"f","parameters":{"a":1,"a":2}}}]""", "tools[0].function.parameters")]
    [InlineData(""","chat_template_kwargs":[1]""", "chat_template_kwargs")]
    public async Task Post_WrongField_NamesIt(string more, string parameter)
    {
        var error = (await _host.AskAsync(Path, Request(more), 400))["error"]!;

        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.Equal(parameter, (string?)error["param"]);
        Assert.NotEmpty((string)error["message"]!);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Theory]
    [InlineData("[]", "messages")]
    [InlineData("null", "messages")]
    [InlineData("{}", "messages")]
    [InlineData("[null]", "messages[0]")]
    [InlineData("""[{"content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"wizard","content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"user"}]""", "messages[0].content")]
    [InlineData("""[{"role":"user","content":7}]""", "messages[0].content")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:"}}]}]""", "messages[0].content[0]")]
    [InlineData("""[{"role":"user","content":[{"type":"text"}]}]""", "messages[0].content[0]")]
    [InlineData("""[{"role":"user","content":"x"},{"role":"tool","content":"x"}]""", "messages[1].tool_call_id")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]}]""", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"x\":\"\\ud800\"}"}}]}]""", null)]
    [InlineData("""[{"role":"assistant","tool_calls":[null]}]""", "messages[0].tool_calls[0].function.name")]
    public async Task Post_WrongMessages_NamesTheField(string messages, string? parameter)
    {
        var error = (await _host.AskAsync(Path, $$"""{"model":"tiny","messages":{{messages}}}""", 400))["error"]!;
        Assert.Equal(parameter, (string?)error["param"]);
    }

    [Fact]
    public async Task Post_UnknownModel_Is404()
    {
        var error = (await _host.AskAsync(Path, Request().Replace("tiny", "gpt-9"), 404))["error"]!;
        Assert.Equal("model_not_found", (string?)error["code"]);
        Assert.Contains("gpt-9", (string?)error["message"]);
    }

    [Fact]
    public async Task Post_PromptBeyondTheContext_SaysSo()
    {
        var error = (await _host.AskAsync(Path, Request().Replace("Hi", new string('x', 5000)), 400))["error"]!;
        Assert.Equal("context_length_exceeded", (string?)error["code"]);
    }

    [Fact]
    public async Task Post_FaultBeforeTheFirstToken_HasItsOwnStatusEvenWhenStreamed()
    {
        _host.Tiny.Answer = _ => throw new InvalidOperationException("secret detail");
        var error = (await _host.AskAsync(Path, Request(""","stream":true"""), 500))["error"]!;
        Assert.Equal("server_error", (string?)error["type"]);
        Assert.DoesNotContain("secret", (string?)error["message"]);
        Assert.IsType<InvalidOperationException>(Assert.Single(_host.Bugs));
    }

    [Fact]
    public async Task Post_FaultInMidStream_EndsTheStreamWithAnErrorEvent()
    {
        _host.Tiny.Answer = _ => Fail();
        var events = Events(await _host.StreamAsync(Path, Request(""","stream":true"""), "text/event-stream"), done: false).ToList();
        Assert.Equal("One", (string?)events[^2]["choices"]![0]!["delta"]!["content"]);
        Assert.Equal("out of memory", (string?)events[^1]["error"]!["message"]);
        Assert.Empty(_host.Bugs);

        static async IAsyncEnumerable<string> Fail()
        {
            yield return "One";
            await Task.Yield();
            throw new Models.ModelException("out of memory");
        }
    }

    private static IEnumerable<JsonObject> Events(string stream, bool done = true)
    {
        var events = stream.Split("\n\n");
        Assert.Equal("", events[^1]);
        if (done) Assert.Equal("data: [DONE]", events[^2]);
        return events[..^(done ? 2 : 1)].Select(e => JsonNode.Parse(e["data: ".Length..])!.AsObject());
    }
}
