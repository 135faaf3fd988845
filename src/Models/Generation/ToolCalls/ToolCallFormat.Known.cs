namespace Models.Generation.ToolCalls;

/// <content>The formats, as the models' published templates and prompt format pages have them.</content>
public sealed partial record ToolCallFormat
{
    private static readonly ReasoningSyntax Think = new("<think>", "</think>");

    private static readonly ToolCallSyntax JsonCall = new()
    {
        Trigger = "{\"name\"",
        BeforeName = "{\"name\": \"",
        BeforeArguments = "\", \"arguments\": ",
        AfterArguments = "}",
        Separator = ", ",
    };

    /// <summary>No marks: all is text.</summary>
    public static ToolCallFormat Plain { get; } = new("plain");

    /// <summary>
    /// Hermes 2 Pro, Qwen2.5 and Qwen3: an object between tags for each call. Their small models often write the object alone.
    /// </summary>
    public static ToolCallFormat Hermes { get; } = Marked(
        "hermes",
        JsonCall with
        {
            Trigger = "<tool_call>",
            BeforeName = "<tool_call>\n" + JsonCall.BeforeName,
            AfterArguments = JsonCall.AfterArguments + "\n</tool_call>",
            Separator = "\n",
            End = "</tool_call>",
        },
        JsonCall with { OnlyAtStart = true, MayBeText = true, Separator = "\n" });

    private static ToolCallSyntax LlamaCall => JsonCall with { BeforeArguments = "\", \"parameters\": ", Separator = "; " };

    /// <summary>Llama 3.1 to 3.3: a bare object, or one after a tag.</summary>
    public static ToolCallFormat Llama3 { get; } = Marked(
        "llama3",
        LlamaCall with { OnlyAtStart = true, MayBeText = true },
        LlamaCall with { Trigger = "<|python_tag|>", Open = "<|python_tag|>", HasBuiltins = true });

    /// <summary>Phi-4-mini: an array between tags, or after a word.</summary>
    public static ToolCallFormat Phi4 { get; } = Marked(
        "phi4",
        JsonCall with { Trigger = "<|tool_call|>", Open = "<|tool_call|>[", Close = "]<|/tool_call|>", End = "<|/tool_call|>" },
        JsonCall with { Trigger = "functools[", Open = "functools[", Close = "]", MayBeText = true });

    /// <summary>Mistral, tokenizers v3 to v7: an array after a mark.</summary>
    public static ToolCallFormat Mistral { get; } = Marked("mistral", MistralArray, MistralTagged) with { CallIdLength = 9 };

    /// <summary>Mistral, tokenizers v11 and later: marks around name and arguments.</summary>
    public static ToolCallFormat MistralArgs { get; } = Marked("mistral-args", MistralTagged, MistralArray) with { CallIdLength = 9 };

    /// <summary>gpt-oss: messages with channels and recipients. The recipient may stand on either side of the channel.</summary>
    public static ToolCallFormat Harmony { get; } = new("harmony")
    {
        Calls =
        [
            HarmonyCall($"{HarmonyParser.Channel}commentary {HarmonyParser.To}", ""),
            HarmonyCall($"{HarmonyParser.Channel}analysis {HarmonyParser.To}", ""),
            HarmonyCall($" {HarmonyParser.To}{HarmonyParser.Functions}", $"{HarmonyParser.Channel}commentary"),
        ],
        Marks =
        [
            HarmonyParser.Start, HarmonyParser.Channel, HarmonyParser.Constrain, HarmonyParser.Message,
            HarmonyParser.EndOfMessage, HarmonyParser.Call, HarmonyParser.Return,
        ],
    };

    private static ToolCallSyntax MistralArray => JsonCall with { Trigger = "[TOOL_CALLS]", Open = "[TOOL_CALLS][", Close = "]" };

    private static ToolCallSyntax MistralTagged => new()
    {
        Trigger = "[TOOL_CALLS]",
        BeforeName = "[TOOL_CALLS]",
        BeforeArguments = "[ARGS]",
        BeforeId = "[CALL_ID]",
        Separator = "",
    };

    private static ToolCallSyntax HarmonyCall(string trigger, string channel) => new()
    {
        Trigger = trigger,
        BeforeName = trigger.EndsWith(HarmonyParser.Functions, StringComparison.Ordinal) ? trigger : trigger + HarmonyParser.Functions,
        BeforeArguments = $"{channel} {HarmonyParser.Constrain}json{HarmonyParser.Message}",
        AfterArguments = HarmonyParser.Call,
        End = HarmonyParser.Call,
    };

    private static ToolCallFormat Marked(string name, params ToolCallSyntax[] calls) => WithMarks(new(name) { Calls = calls });

    private static ToolCallFormat WithMarks(ToolCallFormat format)
    {
        var marks = format.Calls.Where(c => !c.IsBare)
            .SelectMany(c => new[] { c.MayBeText ? "" : c.Trigger, c.IsJson ? "" : c.BeforeArguments, c.BeforeId, c.End });
        if (format.Reasoning is { } reasoning) marks = marks.Append(reasoning.Begin).Append(reasoning.End);
        return format with { Marks = [.. marks.Where(mark => mark.Length > 0).Distinct()] };
    }
}
