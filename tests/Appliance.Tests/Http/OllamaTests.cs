using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Tokens;

namespace Appliance.Tests.Http;

public sealed class OllamaTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Chat(string more = "") => $$"""{"model":"tiny","messages":[{"role":"user","content":"Hi"}]{{more}}}""";

    private static string Generate(string more = "") => $$"""{"model":"tiny","prompt":"Hi"{{more}}}""";

    private static List<JsonObject> Lines(string stream)
    {
        Assert.EndsWith("\n", stream);
        return [.. stream.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!.AsObject())];
    }

    [Fact]
    public async Task Chat_ByDefault_StreamsLines()
    {
        var lines = Lines(await _host.StreamAsync("/api/chat", Chat(), "application/x-ndjson"));

        Assert.Equal("Hello from the box.", string.Concat(lines.Select(l => (string?)l["message"]!["content"])));
        Assert.All(lines, l => Assert.Equal(("tiny", "assistant"), ((string?)l["model"], (string?)l["message"]!["role"])));
        Assert.All(lines[..^1], l => Assert.Equal(["model", "created_at", "message", "done"], l.Select(p => p.Key)));
        Assert.All(lines[..^1], l => Assert.False((bool)l["done"]!));
        var last = lines[^1];
        Assert.True((bool)last["done"]!);
        Assert.Equal("stop", (string?)last["done_reason"]);
        Assert.Equal(5, (int?)last["eval_count"]);
        Assert.Equal(_host.Tiny.Calls.Single().Prompt.Length, (int?)last["prompt_eval_count"]);
        Assert.Equal((1_000_000, 2_000_000, 3_000_000), ((long)last["load_duration"]!, (long)last["prompt_eval_duration"]!, (long)last["eval_duration"]!));
        Assert.True((long)last["total_duration"]! > 0);
        Assert.EndsWith("Z", (string?)last["created_at"]);
    }

    [Fact]
    public async Task Chat_NotStreamed_AnswersOneObject()
    {
        var answer = await _host.AskAsync("/api/chat", Chat(""","stream":false,"keep_alive":"5m","options":{"num_predict":2}"""));
        Assert.Equal("""{"content":"Hello from","role":"assistant"}""", answer["message"]!.ToJsonString());
        Assert.Equal("length", (string?)answer["done_reason"]);
    }

    [Fact]
    public async Task Chat_NoMessages_OnlyLoadsTheModel()
    {
        var answer = await _host.AskAsync("/api/chat", """{"model":"tiny","messages":[]}""");
        Assert.Equal(("load", true), ((string?)answer["done_reason"], (bool)answer["done"]!));
        Assert.Equal(["tiny"], _host.Loaded.Select(loaded => loaded.Name));
        Assert.Empty(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Chat_ToolsAndResults_ReachThePrompt()
    {
        await _host.AskAsync("/api/chat", """
            {"model":"tiny","stream":false,"messages":[{"role":"system","content":"S"},{"role":"user","content":"U"},
             {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}}]},{"role":"tool","tool_name":"f","content":"42"}],
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]}
            """);
        Assert.Single(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Chat_CallsAndResults_ReachTheChatClient()
    {
        var client = new ScriptedChatClient(ChatFinishReason.Stop);
        _host.ChatClient = client;
        await _host.AskAsync("/api/chat", """
            {"model":"tiny","stream":false,"messages":[{"role":"user","content":"U"},
             {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}}]},{"role":"tool","tool_name":"f","content":"42"}]}
            """);
        var call = Assert.Single(client.Messages[1].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("f", "1"), (call.Name, call.Arguments!["x"]!.ToString()));
        Assert.Equal("42", Assert.IsType<FunctionResultContent>(Assert.Single(client.Messages[2].Contents)).Result);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/generate")]
    public async Task Format_ReachesTheChatClient(string path)
    {
        _host.Tiny.ChatTemplate = ChatTemplate.Parse("{{ messages[0].content }}");
        const string Schema = """{"type":"object","properties":{"a":{"type":"integer"}}}""";

        Assert.Null(await AskAsync("null"));
        Assert.Null(await AskAsync("\"\""));
        Assert.Same(ChatResponseFormat.Json, await AskAsync("\"json\""));
        Assert.Equal(Schema, Assert.IsType<ChatResponseFormatJson>(await AskAsync(Schema)).Schema!.Value.GetRawText());

        async Task<ChatResponseFormat?> AskAsync(string format)
        {
            var client = new ScriptedChatClient(ChatFinishReason.Stop, new TextContent("{}"));
            _host.ChatClient = client;
            var body = Chat($$""","prompt":"Hi","stream":false,"format":{{format}}""");
            Assert.Equal("{}", (string?)((await _host.AskAsync(path, body))["response"] ?? (await _host.AskAsync(path, body))["message"]!["content"]));
            return client.Options!.ResponseFormat;
        }
    }

    [Fact]
    public async Task Options_LeftOut_AreOllamasDefaults()
    {
        await _host.AskAsync("/api/generate", Generate(""","stream":false"""));
        var options = _host.Tiny.Calls.Single().Options;
        Assert.Equal(new GenerationOptions { Temperature = 0.8f, TopK = 40, TopP = 0.9f, Stop = options.Stop }, options);
    }

    [Fact]
    public async Task Options_All_ReachTheModel()
    {
        await _host.AskAsync("/api/generate", Generate("""
            ,"stream":false,"options":{"num_predict":-1,"temperature":0,"top_k":3,"top_p":0.5,"min_p":0.25,"repeat_penalty":1.25,"presence_penalty":1,
            "frequency_penalty":-1,"seed":42,"stop":["x"],"num_ctx":2048,"mirostat":1,"num_thread":8}
            """));
        var options = _host.Tiny.Calls.Single().Options;
        Assert.Equal(["x"], options.Stop);
        Assert.Equal(new GenerationOptions
        {
            MaxTokens = null,
            Temperature = 0,
            TopK = 3,
            TopP = 0.5f,
            MinP = 0.25f,
            RepetitionPenalty = 1.25f,
            PresencePenalty = 1,
            FrequencyPenalty = -1,
            Seed = 42,
            Stop = options.Stop,
        }, options);
    }

    [Fact]
    public async Task Generate_ModelWithoutTemplate_GivesItThePromptAsItIs()
    {
        var lines = Lines(await _host.StreamAsync("/api/generate", Generate(), "application/x-ndjson"));
        Assert.Equal("Hello from the box.", string.Concat(lines.Select(l => (string?)l["response"])));
        Assert.Equal([ByteTokenizer.Bos, 'H' + 3, 'i' + 3], _host.Tiny.Calls.Single().Prompt);
    }

    [Theory]
    [InlineData("", "[S][user:Hi]")]
    [InlineData(""","raw":true""", "Hi")]
    public async Task Generate_ModelWithTemplate_RendersItUnlessRaw(string more, string prompt)
    {
        await using var host = await TestHost.StartAsync();
        host.Tiny.ChatTemplate = ChatTemplate.Parse("{% for m in messages %}[{% if m.role == 'system' %}{{ m.content }}{% else %}{{ m.role }}:{{ m.content }}{% endif %}]{% endfor %}");
        await host.AskAsync("/api/generate", Generate(""","stream":false,"system":"S" """ + more));
        Assert.Equal(prompt, Encoding.UTF8.GetString([.. host.Tiny.Calls.Single().Prompt.Where(t => t >= 3).Select(t => (byte)(t - 3))]));
    }

    [Theory]
    [InlineData("/api/generate", ""","format":"json" """)]
    [InlineData("/api/generate", ""","format":"json","raw":true""")]
    [InlineData("/api/generate", ""","format":7""")]
    [InlineData("/api/generate", ""","suffix":"x" """)]
    [InlineData("/api/generate", ""","template":"x" """)]
    [InlineData("/api/generate", ""","images":["aGk="]""")]
    [InlineData("/api/generate", ""","context":[1]""")]
    [InlineData("/api/generate", ""","options":{"temperature":-1}""")]
    [InlineData("/api/generate", ""","options":{"stop":[null]}""")]
    [InlineData("/api/generate", ""","options":{"top_k":"x"}""")]
    [InlineData("/api/chat", ""","messages":[{"role":"user","content":"x"}],"format":"xml" """)]
    [InlineData("/api/chat", ""","messages":[{"role":"user","content":"x"}],"format":[]""")]
    [InlineData("/api/chat", ""","messages":[{"role":"user","content":"x"}],"format":{"a":1,"a":2}""")]
    [InlineData("/api/chat", ""","messages":[{"role":"user","content":"x","images":["aGk="]}]""")]
    [InlineData("/api/chat", ""","messages":[{"role":"x"}]""")]
    [InlineData("/api/chat", ""","messages":[null]""")]
    public async Task Post_NotSupportedOrWrong_Is400(string path, string more)
    {
        var answer = await _host.AskAsync(path, Generate(more), 400);
        Assert.Equal("error", Assert.Single(answer).Key);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/generate")]
    [InlineData("/api/show")]
    public async Task Post_UnknownModel_Is404(string path)
    {
        Assert.Contains("nope", (string?)(await _host.AskAsync(path, """{"model":"nope","prompt":"x"}""", 404))["error"]);
        Assert.Contains("model", (string?)(await _host.AskAsync(path, "{}", 400))["error"]);
    }

    [Fact]
    public async Task Post_CurlsFormContentType_IsReadAsJson()
    {
        using var content = new StringContent(Chat(), Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await _host.Client.PostAsync("/api/chat", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Tags_ListsEveryModel()
    {
        var models = JsonNode.Parse(await _host.Client.GetStringAsync("/api/tags"))!["models"]!.AsArray();
        Assert.Equal(["other:7b", "tiny"], models.Select(m => (string?)m!["name"]));
        var tiny = models[1]!;
        Assert.Equal("tiny", (string?)tiny["model"]);
        Assert.Equal(1234, (long?)tiny["size"]);
        Assert.Matches("^[0-9a-f]{64}$", (string?)tiny["digest"]);
        Assert.Equal("2026-01-02T03:04:05Z", (string?)tiny["modified_at"]);
        Assert.Equal(("llama", "656K", "int4"), ((string?)tiny["details"]!["family"], (string?)tiny["details"]!["parameter_size"], (string?)tiny["details"]!["quantization_level"]));
    }

    [Fact]
    public async Task Ps_ListsWhatIsLoaded()
    {
        Assert.Equal("""{"models":[]}""", await _host.Client.GetStringAsync("/api/ps"));
        await _host.AskAsync("/api/generate", """{"model":"tiny"}""");
        var model = Assert.Single(JsonNode.Parse(await _host.Client.GetStringAsync("/api/ps"))!["models"]!.AsArray())!;
        Assert.Equal("tiny", (string?)model["name"]);
        Assert.Equal(5678, (long?)model["size"]);
        Assert.Equal("9999-12-31T00:00:00Z", (string?)model["expires_at"]);
        await _host.AskAsync("/api/generate", """{"model":"tiny","keep_alive":"1m"}""");
        model = JsonNode.Parse(await _host.Client.GetStringAsync("/api/ps"))!["models"]![0]!;
        Assert.Equal("2026-01-02T03:05:05Z", (string?)model["expires_at"]);
    }

    [Theory]
    [InlineData("\"5m\"", 300)]
    [InlineData("90", 90)]
    [InlineData("0", 0)]
    [InlineData("-1", null)]
    [InlineData("\"-1m\"", null)]
    public async Task KeepAlive_OfARequest_HoldsFromItsEnd(string value, int? seconds)
    {
        var expected = seconds is { } number ? TimeSpan.FromSeconds(number) : Timeout.InfiniteTimeSpan;
        await _host.AskAsync("/api/chat", Chat($$""","stream":false,"keep_alive":{{value}}"""));
        Assert.Equal(expected, _host.KeepAlives["tiny"]);
        _host.KeepAlives.Clear();
        await _host.AskAsync("/api/generate", $$"""{"model":"tiny","prompt":"x","stream":false,"keep_alive":{{value}}}""");
        Assert.Equal(expected, _host.KeepAlives["tiny"]);
    }

    [Fact]
    public async Task KeepAlive_ZeroWithoutAPrompt_UnloadsAndLoadsNothing()
    {
        var answer = await _host.AskAsync("/api/generate", """{"model":"tiny","keep_alive":0}""");
        Assert.Equal(("unload", true), ((string?)answer["done_reason"], (bool)answer["done"]!));
        Assert.Equal(TimeSpan.Zero, _host.KeepAlives["tiny"]);
        Assert.Empty(_host.Loaded);
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("true")]
    [InlineData("[]")]
    public async Task KeepAlive_ThatIsNoTime_IsRefused(string value)
    {
        var answer = await _host.AskAsync("/api/chat", Chat($$""","keep_alive":{{value}}"""), 400);
        Assert.Contains("keep_alive must be seconds or a duration", (string?)answer["error"]);
        Assert.Empty(_host.LoadedNames);
    }

    [Fact]
    public async Task Load_WithoutMemory_IsATemporaryFailureWithTheNumbers()
    {
        _host.LoadFault = new Models.Budget.MemoryException("tiny needs 9 MB of memory.");
        var answer = await _host.AskAsync("/api/chat", Chat(""","stream":false"""), 503);
        Assert.Equal("tiny needs 9 MB of memory.", (string?)answer["error"]);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("name")]
    public async Task Show_TellsWhatTheStoreKnows(string field)
    {
        var answer = await _host.AskAsync("/api/show", $$"""{"{{field}}":"tiny"}""");
        Assert.Equal("MIT", (string?)answer["license"]);
        Assert.Equal("""{"general.architecture":"llama","general.parameter_count":656000,"llama.context_length":4096}""", answer["model_info"]!.ToJsonString());
    }

    [Fact]
    public async Task Fault_InMidStream_EndsItWithAnErrorLine()
    {
        _host.Tiny.Answer = _ => Fail();
        var lines = Lines(await _host.StreamAsync("/api/generate", Generate(), "application/x-ndjson"));
        Assert.Equal("One", (string?)lines[0]["response"]);
        Assert.Equal("""{"error":"broken"}""", lines[1].ToJsonString());

        static async IAsyncEnumerable<string> Fail()
        {
            yield return "One";
            await Task.Yield();
            throw new Models.ModelException("broken");
        }
    }
}
