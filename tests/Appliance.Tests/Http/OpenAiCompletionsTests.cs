using System.Text.Json.Nodes;

namespace Appliance.Tests.Http;

public sealed class OpenAiCompletionsTests : IAsyncLifetime
{
    private const string Path = "/v1/completions";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static string Request(string prompt, string more = "") => $$"""{"model":"tiny","prompt":{{prompt}}{{more}}}""";

    [Fact]
    public async Task Post_Text_GoesInAsItIs()
    {
        var answer = await _host.AskAsync(Path, Request("\"ab\""));

        Assert.StartsWith("cmpl-", (string?)answer["id"]);
        Assert.Equal("text_completion", (string?)answer["object"]);
        Assert.Equal("""[{"index":0,"text":"Hello from the box.","finish_reason":"stop","logprobs":null}]""", answer["choices"]!.ToJsonString());
        Assert.Equal("""{"prompt_tokens":3,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":0},"total_tokens":8}""", answer["usage"]!.ToJsonString());
        var (prompt, options) = Assert.Single(_host.Tiny.Calls);
        Assert.Equal([ByteTokenizer.Bos, 'a' + 3, 'b' + 3], prompt);
        Assert.Equal(16, options.MaxTokens);
    }

    [Theory]
    [InlineData("[\"a\",\"bc\"]", 2, 5)]
    [InlineData("[5,6,7]", 1, 3)]
    [InlineData("[[5],[6,7]]", 2, 3)]
    [InlineData("null", 1, 1)]
    [InlineData("\"\"", 1, 1)]
    [InlineData("[[]]", 1, 1)]
    public async Task Post_EveryFormOfPrompt_HasAChoiceEach(string prompt, int choices, int promptTokens)
    {
        var answer = await _host.AskAsync(Path, Request(prompt));
        Assert.Equal(Enumerable.Range(0, choices), answer["choices"]!.AsArray().Select(c => (int)c!["index"]!));
        Assert.Equal(promptTokens, (int?)answer["usage"]!["prompt_tokens"]);
    }

    [Theory]
    [InlineData("\"ab\"")]
    [InlineData("[1,100,101]")]
    public async Task Post_Echo_PutsThePromptInFront(string prompt)
    {
        var answer = await _host.AskAsync(Path, Request(prompt, ""","echo":true,"max_tokens":1"""));
        Assert.Equal("abHello", (string?)answer["choices"]![0]!["text"]);
        Assert.Equal("length", (string?)answer["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Post_Streamed_SendsTextAndTheReasonOfEveryChoice()
    {
        var stream = await _host.StreamAsync(Path, Request("[\"a\",\"b\"]", ""","stream":true,"stream_options":{"include_usage":true}"""), "text/event-stream");

        var events = stream.Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], events[^2..]);
        var chunks = events[..^2].Select(e => JsonNode.Parse(e["data: ".Length..])!.AsObject()).ToList();
        Assert.All(chunks, c => Assert.Equal("text_completion", (string?)c["object"]));
        foreach (var index in (int[])[0, 1])
        {
            var choices = chunks.SelectMany(c => c["choices"]!.AsArray()).Where(c => (int?)c!["index"] == index).ToList();
            Assert.Equal("Hello from the box.", string.Concat(choices.Select(c => (string?)c!["text"])));
            Assert.Equal("stop", (string?)choices[^1]!["finish_reason"]);
            Assert.All(choices[..^1], c => Assert.Null(c!["finish_reason"]));
        }
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(10, (int?)chunks[^1]["usage"]!["completion_tokens"]);
    }

    [Theory]
    [InlineData("7", "", "prompt")]
    [InlineData("[]", "", "prompt")]
    [InlineData("{}", "", "prompt")]
    [InlineData("[1,\"a\"]", "", "prompt")]
    [InlineData("[1.5]", "", "prompt")]
    [InlineData("[-1]", "", "prompt")]
    [InlineData("[99999999999]", "", "prompt")]
    [InlineData("[5,259]", "", "prompt")]
    [InlineData("[\"a\",null]", "", "prompt")]
    [InlineData("\"a\"", ""","suffix":"b" """, "suffix")]
    [InlineData("\"a\"", ""","logprobs":1""", "logprobs")]
    [InlineData("\"a\"", ""","best_of":2""", "best_of")]
    [InlineData("\"a\"", ""","n":2""", "n")]
    [InlineData("\"a\"", ""","max_tokens":-5""", "max_tokens")]
    public async Task Post_WrongField_NamesIt(string prompt, string more, string parameter)
    {
        var error = (await _host.AskAsync(Path, Request(prompt, more), 400))["error"]!;
        Assert.Equal(parameter, (string?)error["param"]);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Post_TooManyPrompts_IsRefused() =>
        await _host.AskAsync(Path, Request($"[{string.Join(',', Enumerable.Repeat("\"a\"", 129))}]"), 400);
}
