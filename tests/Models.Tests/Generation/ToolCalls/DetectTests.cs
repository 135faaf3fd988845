using System.Text.Json;
using Models.Generation.ToolCalls;
using TestKit;

namespace Models.Tests.Generation.ToolCalls;

public sealed class DetectTests
{
    private static readonly Func<string, int?> NoTokens = _ => null;

    private static Func<string, int?> Tokens(params string[] tokens) => token => tokens.Contains(token) ? 7 : null;

    private static string TemplateOf(string folder)
    {
        var path = Shared.Find("tokenizers", "configs", folder, "chat_template.jinja");
        if (path is not null) return File.ReadAllText(path);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Shared.Find("tokenizers", "configs", folder, "tokenizer_config.json")!));
        return config.RootElement.GetProperty("chat_template").GetString()!;
    }

    private static Func<string, int?> TokensOf(string folder)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Shared.Find("tokenizers", "configs", folder, "tokenizer_config.json")!));
        return Tokens([.. config.RootElement.GetProperty("added_tokens_decoder").EnumerateObject().Select(t => t.Value.GetProperty("content").GetString()!)]);
    }

    [SharedTheory("tokenizers/configs")]
    [InlineData("qwen2.5", "hermes", null)]
    [InlineData("qwen3", "hermes", "<think>")]
    [InlineData("phi-4-mini", "phi4", null)]
    [InlineData("phi-4-base", "plain", null)]
    [InlineData("gpt-oss", "harmony", null)]
    public void Detect_RealModels_AreRecognised(string folder, string expected, string? reasoning)
    {
        var format = ToolCallFormat.Detect(TemplateOf(folder), TokensOf(folder));
        Assert.Equal((expected, reasoning), (format.Name, format.Reasoning?.Begin));
    }

    [SharedTheory("tokenizers/configs")]
    [InlineData("qwen3", "hermes")]
    [InlineData("phi-4-mini", "phi4")]
    [InlineData("gpt-oss", "harmony")]
    public void Detect_RealModelsByTheirTokensAlone_AreRecognised(string folder, string expected) =>
        Assert.Equal(expected, ToolCallFormat.Detect(null, TokensOf(folder)).Name);

    [SharedFact("tokenizers/templates")]
    public void Detect_TemplateWithoutTools_IsPlain() => Assert.Equal(
        "plain", ToolCallFormat.Detect(File.ReadAllText(Shared.Find("tokenizers", "templates", "microsoft-Phi-3.5-mini-instruct.jinja")!), NoTokens).Name);

    [Theory]
    [InlineData("{{ '<|start_header_id|>assistant' }} '{\"name\": \"' + name + '\", ' '\"parameters\": '", "llama3")]
    [InlineData("{{ '<|python_tag|>' + tool_call.name + '.call(' }}", "llama3")]
    [InlineData("{{ '[TOOL_CALLS] [' }}", "mistral")]
    [InlineData("{{ '[TOOL_CALLS]' + name + '[ARGS]' + arguments }}", "mistral-args")]
    [InlineData("{{ '<|start_header_id|>' }} <tool_call>", "hermes")]
    [InlineData("functools[", "phi4")]
    [InlineData("<tool_call><function=name><parameter=x>", "plain")]
    [InlineData("<tool_call>name<arg_key>", "plain")]
    [InlineData("{{ message.content }}", "plain")]
    [InlineData(null, "plain")]
    public void Detect_ByTemplate(string? template, string expected) => Assert.Equal(expected, ToolCallFormat.Detect(template, NoTokens).Name);

    [Theory]
    [InlineData("[TOOL_CALLS]", "mistral")]
    [InlineData("[TOOL_CALLS] [ARGS] [THINK] [/THINK]", "mistral-args")]
    [InlineData("<|python_tag|>", "llama3")]
    [InlineData("<|im_start|>", "plain")]
    public void Detect_ByTokens(string tokens, string expected) => Assert.Equal(expected, ToolCallFormat.Detect(null, Tokens(tokens.Split(' '))).Name);

    [Fact]
    public void Detect_AnotherTemplateOverLlamaTokens_IsNotLlama() =>
        Assert.Equal("plain", ToolCallFormat.Detect("<｜Assistant｜>", Tokens("<|python_tag|>")).Name);

    [Fact]
    public void Detect_ReasoningWithoutTools_IsPlainWithReasoning() => Assert.Equal(
        ["think Hm.", "text Ja."],
        Answers.Read(ToolCallFormat.Detect("<｜Assistant｜><think>\\n </think>", NoTokens), "Hm.</think>\nJa.", prompt: "<｜Assistant｜><think>\n"));

    [Fact]
    public void Detect_TemplateThatTakesOneCall_HasNoSeparator()
    {
        var format = ToolCallFormat.Detect("<|python_tag|> {{ raise_exception('This model only supports single tool-calls at once!') }}", NoTokens);
        Assert.All(format.Calls, call => Assert.Null(call.Separator));
    }

    [Fact]
    public void Marks_AreWhatTheParserLooksFor()
    {
        Assert.Equal(["[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[THINK]", "[/THINK]"], ToolCallFormat.Detect("[TOOL_CALLS][ARGS][/THINK]", NoTokens).Marks);
        Assert.Equal(["<tool_call>", "</tool_call>"], ToolCallFormat.Hermes.Marks);
        Assert.Equal(["<|python_tag|>"], ToolCallFormat.Llama3.Marks);
        Assert.Equal(["<|tool_call|>", "<|/tool_call|>"], ToolCallFormat.Phi4.Marks);
        Assert.Equal(
            ["<|start|>", "<|channel|>", "<|constrain|>", "<|message|>", "<|end|>", "<|call|>", "<|return|>"], ToolCallFormat.Harmony.Marks);
        Assert.Empty(ToolCallFormat.Plain.Marks);
    }
}
