using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Generation.Grammar;
using Models.Import;
using TestKit;

namespace Models.Tests.Generation;

/// <summary>Answers held to a grammar by a model with random weights, which knows nothing: what comes out is the grammar's doing alone.</summary>
public sealed class ConstrainedAnswerTests : IDisposable
{
    // Hermes' form of tool calls, as Qwen's templates have it.
    private const string Template = """
        {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + (m.content or '') + '<|im_end|>\n' }}{%- endfor %}
        {%- if tools %}{{ '<tools>' + (tools | tojson) + '</tools> answer in <tool_call></tool_call>: {"name": ..., "arguments": ...}' }}{%- endif %}
        {{- '<|im_start|>assistant\n' }}
        """;

    private const string Weather = """
        {"type":"object","properties":{"city":{"type":"string","maxLength":12},"days":{"type":"integer","minimum":1,"maximum":7},
         "unit":{"enum":["celsius","fahrenheit"]}},"required":["city","unit"],"additionalProperties":false}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly LocalLanguageModel _model;

    public ConstrainedAnswerTests()
    {
        new GgufModel { Architecture = "qwen2", ContextLength = 2048, Seed = 5 }.Save(_folder["random.gguf"]);
        Directory.CreateDirectory(_folder["model"]);
        ModelImporter.Import(_folder["random.gguf"], _folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        File.WriteAllText(Path.Combine(_folder["model"], "chat_template.jinja"), Template);
        _model = new LocalLanguageModel("random", _folder["model"], new EngineOptions());
    }

    private static AIFunctionDeclaration Tool(string name) =>
        AIFunctionFactory.CreateDeclaration(name, "A tool.", JsonDocument.Parse(Weather).RootElement);

    private static ChatOptions Options(int seed, ChatToolMode? mode) => new()
    {
        Tools = [Tool("get_weather"), Tool("get_tides")],
        ToolMode = mode,
        Temperature = 1,
        Seed = seed,
        MaxOutputTokens = 600,
    };

    private async Task<ChatResponse> Ask(ChatOptions options)
    {
        using var client = new LocalChatClient(_model);
        return await client.GetResponseAsync([new ChatMessage(ChatRole.User, "weather?")], options);
    }

    [Fact]
    public async Task RequiredCall_ByRandomWeights_AlwaysParsesAndMatchesItsSchema()
    {
        var calls = 0;
        for (var seed = 0; seed < 25; seed++)
        {
            var options = Options(seed, ChatToolMode.RequireAny);
            options.AllowMultipleToolCalls = false;
            var response = await Ask(options);
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            var call = Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
            Assert.Contains(call.Name, (string[])["get_weather", "get_tides"]);
            AssertMatches(call.Arguments!);
            calls++;
        }
        Assert.Equal(25, calls);
    }

    [Fact]
    public async Task Certainty_OfRandomWeights_IsThatOfADice()
    {
        var options = new ChatOptions { Temperature = 1, Seed = 1, MaxOutputTokens = 20, AdditionalProperties = new() { [ChatOptionKeys.Certainty] = true } };
        var (said, certainty) = await SayAsync();
        Assert.Equal(20, certainty!.Tokens);
        // Every token is about as likely as any other.
        Assert.InRange(certainty.MeanLogProbability, -1.3 * Math.Log(_model.Tokenizer.VocabularySize), -0.5 * Math.Log(_model.Tokenizer.VocabularySize));
        options.AdditionalProperties.Clear();
        Assert.Equal((said, null), await SayAsync());

        async Task<(string Text, AnswerCertainty? Certainty)> SayAsync()
        {
            using var client = new LocalChatClient(_model);
            var (text, last) = ("", (AnswerCertainty?)null);
            await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "weather?")], options))
            {
                text += update.Text;
                last = update.AdditionalProperties?.TryGetValue(ChatOptionKeys.Certainty, out AnswerCertainty? sure) == true ? sure : null;
            }
            return (text, last);
        }
    }

    [Fact]
    public async Task RequiredCall_OfOneFunction_CallsThatOne()
    {
        var response = await Ask(Options(1, ChatToolMode.RequireSpecific("get_tides")));
        Assert.All(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>(), call => Assert.Equal("get_tides", call.Name));
    }

    [Fact]
    public async Task ResponseFormat_OfASchema_GivesJsonOfThatSchema()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var response = await Ask(new ChatOptions
            {
                ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(Weather).RootElement),
                Temperature = 1,
                Seed = seed,
                MaxOutputTokens = 600,
            });
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            AssertMatches(JsonDocument.Parse(response.Text).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value));
        }
    }

    [Fact]
    public async Task ResponseFormat_WithAnUnsupportedKeyword_NamesIt()
    {
        var error = await Assert.ThrowsAsync<GenerationException>(() => Ask(new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object","patternProperties":{"a":{}}}""").RootElement),
        }));
        Assert.Equal("response_format", error.Parameter);
        Assert.Contains("patternProperties", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequiredCall_OfAFunctionThatIsNotOffered_IsRefused()
    {
        var error = await Assert.ThrowsAsync<GenerationException>(() => Ask(Options(1, ChatToolMode.RequireSpecific("get_money"))));
        Assert.Equal("tool_choice", error.Parameter);
    }

    [Fact]
    public async Task Grammar_OnARawPrompt_ForcesTextWithoutTheModel()
    {
        var text = new StringBuilder();
        var options = new GenerationOptions { Grammar = GrammarCompiler.FromRegex("(yes|no), and that is final"), MaxTokens = 100 };
        FinishReason? finish = null;
        await foreach (var step in _model.GenerateAsync(_model.Tokenizer.Encode("Is it so? "), options))
        {
            text.Append(step.Text);
            finish = step.Finish ?? finish;
        }
        Assert.Equal(FinishReason.Stop, finish);
        Assert.Matches("^(yes|no), and that is final$", text.ToString());
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private static void AssertMatches(IDictionary<string, object?> arguments)
    {
        Assert.Subset(new HashSet<string> { "city", "days", "unit" }, arguments.Keys.ToHashSet());
        Assert.InRange(((JsonElement)arguments["city"]!).GetString()!.EnumerateRunes().Count(), 0, 12);
        Assert.Contains(((JsonElement)arguments["unit"]!).GetString(), (string[])["celsius", "fahrenheit"]);
        if (arguments.TryGetValue("days", out var days)) Assert.InRange(((JsonElement)days!).GetInt32(), 1, 7);
    }
}
