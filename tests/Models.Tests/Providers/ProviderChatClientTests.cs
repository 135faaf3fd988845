using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Egress;
using Models.Providers;
using TestKit;

namespace Models.Tests.Providers;

/// <summary>The three wires against servers that say, byte by byte, what the real ones are documented to say, and what they should not.</summary>
public sealed class ProviderChatClientTests : IDisposable
{
    private const string Key = "sk-proj-abcdefgh0123456789XYZ";

    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hi")];

    private readonly EgressDoor _door = new(new EgressPolicy());
    private readonly ManualTime _time = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task OpenAi_AStream_GivesThinkingTextCallsAndUsage()
    {
        using var server = Events(
            """{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Grüße "}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"🌍"}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"now","arguments":""}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"zone\":"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"CET\"}"}},{"index":1,"id":"c2","function":{"name":"ls","arguments":""}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}}""", "[DONE]");
        var answer = await AskAsync(ProviderWire.OpenAi, server);

        Assert.Equal("Grüße 🌍", answer.Text);
        Assert.Equal("Hm.", Assert.Single(answer.Messages[0].Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(["c1 now {\"zone\":\"CET\"}", "c2 ls {}"], Calls(answer));
        Assert.Equal((ChatFinishReason.ToolCalls, 12L, 7L, 4L), (answer.FinishReason, answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.CachedInputTokenCount));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/chat/completions", $"Bearer {Key}"), (request.Method, request.Target, request.Header("Authorization")));
    }

    [Fact]
    public async Task Anthropic_AStream_GivesThinkingTextCallsAndUsage()
    {
        using var server = Events(
            """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":5,"cache_read_input_tokens":4,"cache_creation_input_tokens":3,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"x"}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Grüße"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"c1","name":"now","input":{}}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"zone\":\"CET\"}"}}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"c2","name":"ls","input":{}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}""");
        var answer = await AskAsync(ProviderWire.Anthropic, server);

        Assert.Equal("Grüße", answer.Text);
        Assert.Equal(["c1 now {\"zone\":\"CET\"}", "c2 ls {}"], Calls(answer));
        Assert.Equal((ChatFinishReason.ToolCalls, 12L, 9L, 4L), (answer.FinishReason, answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.CachedInputTokenCount));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/v1/messages", Key, "2023-06-01", null), (request.Target, request.Header("x-api-key"), request.Header("anthropic-version"), request.Header("Authorization")));
    }

    [Fact]
    public async Task Ollama_AStream_GivesThinkingTextCallsAndUsage()
    {
        using var server = new FakeServer(_ => new FakeReply(200, string.Join('\n',
            """{"model":"m","message":{"role":"assistant","content":"","thinking":"Hm."},"done":false}""",
            """{"model":"m","message":{"role":"assistant","content":"Grüße"},"done":false}""",
            """{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"now","arguments":{"zone":"CET"}}},{"function":{"name":"now","arguments":{}}}]},"done":false}""",
            """{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":12,"eval_count":7}""") + "\n").With("Content-Type", "application/x-ndjson"));
        var answer = await AskAsync(ProviderWire.Ollama, server);

        Assert.Equal("Grüße", answer.Text);
        Assert.Equal(["now {\"zone\":\"CET\"}", "now {}"], Calls(answer).Select(c => c[(c.IndexOf(' ') + 1)..]));
        Assert.Equal(2, answer.Messages[0].Contents.OfType<FunctionCallContent>().Select(c => c.CallId).Distinct().Count());
        Assert.Equal((ChatFinishReason.ToolCalls, 12L, 7L), (answer.FinishReason, answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal("/v1/api/chat", Assert.Single(server.Requests).Target);
    }

    [Theory]
    [InlineData(ProviderWire.OpenAi, """
        {"model":"m","messages":[{"role":"system","content":"Be short."},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"now","arguments":"{\"zone\":\"CET\"}"}}]},
         {"role":"tool","tool_call_id":"c1","content":"noon"}],
         "stream":true,"stream_options":{"include_usage":true},"max_tokens":50,"temperature":0.5,"stop":["END"],
         "tools":[{"type":"function","function":{"name":"now","description":"The time.","parameters":{"type":"object"}}}],"parallel_tool_calls":false,"tool_choice":"required"}
        """)]
    [InlineData(ProviderWire.Anthropic, """
        {"model":"m","max_tokens":50,"stream":true,"system":"Be short.",
         "messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID"}}]},
         {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"now","input":{"zone":"CET"}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"noon"}]}],
         "temperature":0.5,"stop_sequences":["END"],"tools":[{"name":"now","description":"The time.","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}
        """)]
    [InlineData(ProviderWire.Ollama, """
        {"model":"m","stream":true,"messages":[{"role":"system","content":"Be short."},{"role":"user","content":"Look","images":["AQID"]},
         {"role":"assistant","content":"","tool_calls":[{"function":{"name":"now","arguments":{"zone":"CET"}}}]},{"role":"tool","content":"noon","tool_name":"now"}],
         "tools":[{"type":"function","function":{"name":"now","description":"The time.","parameters":{"type":"object"}}}],"options":{"num_ctx":8192,"num_predict":50,"temperature":0.5,"stop":["END"]}}
        """)]
    public async Task Request_OfEachWire_IsWhatItsReferenceSays(ProviderWire wire, string expected)
    {
        using var server = new FakeServer(_ => new FakeReply(500));
        ChatMessage[] messages =
        [
            new(ChatRole.User, [new TextContent("Look"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")]),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "now", new Dictionary<string, object?> { ["zone"] = "CET" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "noon")]),
        ];
        var options = new ChatOptions
        {
            Instructions = "Be short.",
            MaxOutputTokens = 50,
            Temperature = 0.5f,
            StopSequences = ["END"],
            Tools = [AIFunctionFactory.CreateDeclaration("now", "The time.", JsonElement.Parse("""{"type":"object"}"""))],
            ToolMode = ChatToolMode.RequireAny,
            AllowMultipleToolCalls = false,
        };
        await Assert.ThrowsAsync<ProviderException>(() => Client(wire, server).GetResponseAsync(messages, options));

        var sent = JsonNode.Parse(Assert.Single(server.Requests).Body);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), sent), sent!.ToJsonString());
    }

    // Ollama has no place for it: left out, the model would answer about a picture that it never saw.
    [Fact]
    public async Task Request_ForOllamaWithThePictureOfAnAddress_IsRefusedAndNotSent()
    {
        using var server = new FakeServer(_ => new FakeReply(500));
        ChatMessage[] messages = [new(ChatRole.User, [new TextContent("Look"), new UriContent("https://pictures.example/cat.png", "image/png")]), new(ChatRole.User, "What is on it?")];
        var error = await Assert.ThrowsAsync<ProviderException>(() => Client(ProviderWire.Ollama, server).GetResponseAsync(messages));
        Assert.Equal((UpstreamFault.BadRequest, true, true), (error.Fault, error.NeverSent, error.IsFree));
        Assert.Contains("Send the picture as data.", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        foreach (var wire in (ProviderWire[])[ProviderWire.OpenAi, ProviderWire.Anthropic])
        {
            await Assert.ThrowsAsync<ProviderException>(() => Client(wire, server).GetResponseAsync(messages));
            Assert.Contains("https://pictures.example/cat.png", Encoding.UTF8.GetString(server.Requests[^1].Body), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-proj-abcdefgh0123456789XYZ.","code":"invalid_api_key"}}""", UpstreamFault.Denied)]
    [InlineData(403, """{"type":"error","error":{"type":"permission_error","message":"no"}}""", UpstreamFault.Denied)]
    [InlineData(404, """{"error":"model 'm' not found"}""", UpstreamFault.Denied)]
    [InlineData(402, """{"error":{"message":"Insufficient Balance"}}""", UpstreamFault.Billing)]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", UpstreamFault.Billing)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}""", UpstreamFault.Billing)]
    [InlineData(429, """{"error":{"message":"Rate limit reached"}}""", UpstreamFault.RateLimited)]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}""", UpstreamFault.ContextExceeded)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens"}}""", UpstreamFault.ContextExceeded)]
    [InlineData(413, "", UpstreamFault.ContextExceeded)]
    [InlineData(422, """{"detail":"no"}""", UpstreamFault.BadRequest)]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", UpstreamFault.Overloaded)]
    [InlineData(500, "oops", UpstreamFault.Server)]
    [InlineData(504, "", UpstreamFault.Timeout)]
    [InlineData(511, "<html>Sign in to HotelNet</html>", UpstreamFault.BadAnswer)]
    [InlineData(302, "", UpstreamFault.BadAnswer)]
    public async Task Answer_OfAnotherStatus_IsAFaultOfItsClass(int status, string body, UpstreamFault expected)
    {
        using var server = new FakeServer(_ => new FakeReply(status, body).With("Location", "http://127.0.0.1:1/"));
        var error = await FaultAsync(server);
        Assert.Equal(expected, error.Fault);
        Assert.Contains("cloud answered", error.Message);
        Assert.DoesNotContain(Key, error.Message);
    }

    [Fact]
    public async Task Answer_WithRetryAfter_SaysWhen()
    {
        using var seconds = new FakeServer(_ => new FakeReply(429).With("Retry-After", "17"));
        Assert.Equal(TimeSpan.FromSeconds(17), (await FaultAsync(seconds)).RetryAfter);
        using var date = new FakeServer(_ => new FakeReply(503).With("Date", "Fri, 31 Dec 1999 23:59:00 GMT").With("Retry-After", "Sat, 01 Jan 2000 00:00:30 GMT"));
        Assert.Equal(TimeSpan.FromSeconds(90), (await FaultAsync(date)).RetryAfter);
        using var fine = new FakeServer(_ => new FakeReply(429).With("retry-after-ms", "250"));
        Assert.Equal(TimeSpan.FromMilliseconds(250), (await FaultAsync(fine)).RetryAfter);
    }

    [Fact]
    public async Task Answer_IsASignInPage_IsNoAnswer()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "<!doctype html><p>Welcome").With("Content-Type", "text/html"));
        Assert.Equal(UpstreamFault.BadAnswer, (await FaultAsync(server)).Fault);
        using var plain = Events("""{"choices":[{"delta":{"content":"a"}}]}""", "<html>");
        Assert.Equal(UpstreamFault.BadAnswer, (await FaultAsync(plain)).Fault);
    }

    [Fact]
    public async Task Nobody_ListensThere_NothingWasSent()
    {
        var server = Events();
        server.Dispose();
        var error = await FaultAsync(server);
        Assert.Equal((UpstreamFault.Unreachable, true, true), (error.Fault, error.NeverSent, error.IsFree));
    }

    [Theory]
    [InlineData(ProviderWire.OpenAi, "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n")]
    [InlineData(ProviderWire.Anthropic, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Half\"}}\n\n")]
    [InlineData(ProviderWire.Ollama, "{\"message\":{\"content\":\"Half\"},\"done\":false}\n")]
    public async Task Stream_BreaksOff_GivesWhatCameAndSaysSo(ProviderWire wire, string begun)
    {
        var bytes = Encoding.UTF8.GetBytes(begun + new string(' ', 100));
        foreach (var noLength in (bool[])[true, false])
        {
            using var server = new FakeServer(_ => new FakeReply(200, bytes) { BreakAfter = begun.Length, NoLength = noLength }.With("Content-Type", "text/event-stream"));
            var text = "";
            var error = await Assert.ThrowsAsync<ProviderException>(async () =>
            {
                await foreach (var update in Client(wire, server).GetStreamingResponseAsync(Hello)) text += update.Text;
            });
            Assert.Equal((UpstreamFault.Cut, "Half", false), (error.Fault, text, error.IsFree));
        }
    }

    [Fact]
    public async Task Stream_BreaksOffAfterACall_CallsNothing()
    {
        using var server = Events("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"rm","arguments":"{}"}}]}}]}""");
        List<ChatResponseUpdate> updates = [];
        await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var update in Client(ProviderWire.OpenAi, server).GetStreamingResponseAsync(Hello)) updates.Add(update);
        });
        Assert.Empty(updates);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Overloaded","type":"overloaded_error"}}""", UpstreamFault.Overloaded)]
    [InlineData("""{"error":{"message":"context size exceeded","code":400}}""", UpstreamFault.ContextExceeded)]
    [InlineData("""{"error":"boom"}""", UpstreamFault.Server)]
    public async Task Stream_AnErrorInTheMiddle_IsAFaultOfItsClass(string data, UpstreamFault expected)
    {
        using var server = Events("""{"choices":[{"delta":{"content":"a"}}]}""", data);
        Assert.Equal(expected, (await FaultAsync(server)).Fault);
    }

    [Fact]
    public async Task Stream_AnyCutInItsBytes_GivesTheSameText()
    {
        const string text = "Zürich 🌍 ist \\n schön";
        using var server = Events($$"""{"choices":[{"delta":{"content":"{{text}}"},"finish_reason":"stop"}]}""", "[DONE]");
        Assert.Equal("Zürich 🌍 ist \n schön", (await AskAsync(ProviderWire.OpenAi, server)).Text);

        // What no server should send: random bytes in the middle never make it fail otherwise than by a fault of the class.
        var random = new SeededRandom(3);
        var good = Encoding.UTF8.GetBytes($"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\",\"tool_calls\":[{{\"index\":0,\"function\":{{\"name\":\"x\",\"arguments\":\"{{}}\"}}}}]}}}}],\"usage\":{{}}}}\n\n");
        for (var run = 0; run < 300; run++)
        {
            var bytes = good.ToArray();
            for (var i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var bad = new FakeServer(_ => new FakeReply(200, bytes).With("Content-Type", "text/event-stream"));
            Assert.True((await FaultAsync(bad)).Fault is UpstreamFault.Cut or UpstreamFault.BadAnswer or UpstreamFault.Server);
        }
    }

    [Fact]
    public async Task Stream_NobodyWantsItAnyMore_EndsAtOnce()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n") { FallSilent = true, NoLength = true }.With("Content-Type", "text/event-stream"));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Client(ProviderWire.OpenAi, server).GetStreamingResponseAsync(Hello, cancellationToken: stop.Token)) stop.Cancel();
        });
    }

    [Fact]
    public async Task Keys_OneIsUsedUp_AnotherTakesOver()
    {
        using var server = new FakeServer(request => request.Header("Authorization") == "Bearer good" ? Good() : new FakeReply(429).With("Retry-After", "60"));
        var client = Client(ProviderWire.OpenAi, server, () => "spent", () => "good");
        for (var i = 0; i < 3; i++) Assert.Equal("ok", (await client.GetResponseAsync(Hello)).Text);
        Assert.Equal(["Bearer spent", "Bearer good", "Bearer good", "Bearer good"], server.Requests.Select(r => r.Header("Authorization")));
        // When its time is over it has its turn again.
        _time.Advance(TimeSpan.FromSeconds(61));
        for (var i = 0; i < 2; i++) Assert.Equal("ok", (await client.GetResponseAsync(Hello)).Text);
        Assert.Single(server.Requests.Skip(4), r => r.Header("Authorization") == "Bearer spent");
    }

    [Fact]
    public async Task Keys_OneWasExchanged_IsFetchedAnew()
    {
        var key = "old";
        using var server = new FakeServer(request => request.Header("Authorization") == "Bearer new" ? Good() : new FakeReply(401, """{"error":"no"}"""));
        var client = Client(ProviderWire.OpenAi, server, () => key);
        Assert.Equal(UpstreamFault.Denied, (await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync(Hello))).Fault);
        key = "new";
        Assert.Equal("ok", (await client.GetResponseAsync(Hello)).Text);
    }

    [Fact]
    public async Task Keys_NoneCanBeFetched_NothingIsSentAndItIsFree()
    {
        using var server = new FakeServer(_ => Good());
        var client = Client(ProviderWire.OpenAi, server, () => throw new ModelException("the variable X is not set"));
        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync(Hello));
        Assert.Equal((UpstreamFault.NoKey, true, "the variable X is not set"), (error.Fault, error.IsFree, error.Message));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Offline_NothingIsSentAndItSaysSo()
    {
        using var door = new EgressDoor(new EgressPolicy { Offline = true });
        using var client = new ProviderChatClient(ProviderWire.OpenAi, new Upstream("cloud", new Uri("https://example.org/v1"), "m", 8192), new KeyRing([], TimeProvider.System), door);
        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync(Hello));
        Assert.True(error.NeverSent);
        Assert.StartsWith("Offline mode is on", error.Message);
    }

    private static FakeReply Good() => Reply("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""", "[DONE]");

    private static FakeServer Events(params string[] data) => new(_ => Reply(data));

    private static FakeReply Reply(params string[] data) =>
        new FakeReply(200, ": hello\n\n" + string.Concat(data.Select(d => $"event: x\r\ndata: {d}\r\n\r\n"))).With("Content-Type", "text/event-stream");

    private ProviderChatClient Client(ProviderWire wire, FakeServer server, params Func<string>[] keys) =>
        new(wire, new Upstream("cloud", new Uri(server.Address + "/v1/"), "m", 8192), new KeyRing(keys.Length > 0 ? keys : [() => Key], _time), _door);

    private async Task<ChatResponse> AskAsync(ProviderWire wire, FakeServer server) => await Client(wire, server).GetResponseAsync(Hello);

    private Task<ProviderException> FaultAsync(FakeServer server) => Assert.ThrowsAsync<ProviderException>(() => AskAsync(ProviderWire.OpenAi, server));

    private static IEnumerable<string> Calls(ChatResponse answer) => answer.Messages[0].Contents.OfType<FunctionCallContent>()
        .Select(c => $"{c.CallId} {c.Name} {JsonSerializer.Serialize(c.Arguments)}");
}
