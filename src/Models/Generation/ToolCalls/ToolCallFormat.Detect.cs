namespace Models.Generation.ToolCalls;

/// <content>Which format a model uses.</content>
public sealed partial record ToolCallFormat
{
    /// <summary>
    /// Tells a model's format by the marks in its chat template and, where the template says nothing of tools, by its tokens.
    /// </summary>
    /// <param name="templateSource">The text of the chat template, or null where there is none.</param>
    /// <param name="findToken">The id of a token by its content, or null where the vocabulary has none.</param>
    public static ToolCallFormat Detect(string? templateSource, Func<string, int?> findToken)
    {
        var template = templateSource ?? "";
        var format = DetectCalls(template, findToken);
        if (format == Harmony) return format;
        // A template that takes one call to an answer would refuse the history of several.
        if (Writes("single tool-call")) format = format with { Calls = [.. format.Calls.Select(c => c with { Separator = null })] };
        ReasoningSyntax[] known = [Think, new("[THINK]", "[/THINK]")];
        var reasoning = known.FirstOrDefault(r => Writes(r.End) || findToken(r.End) is not null);
        return WithMarks(format with { Reasoning = reasoning });

        bool Writes(string text) => template.Contains(text, StringComparison.Ordinal);
    }

    private static ToolCallFormat DetectCalls(string template, Func<string, int?> findToken)
    {
        if (Writes(HarmonyParser.Channel) && Writes(HarmonyParser.Message)) return Harmony;
        if (Writes("<tool_call>"))
            // Qwen3-Coder and GLM write no JSON between the same tags.
            return Writes("<function=") || Writes("<arg_key>") ? Plain : Hermes;
        if (Writes("[TOOL_CALLS]")) return Writes("[ARGS]") ? MistralArgs : Mistral;
        if (Writes("<|tool_call|>") || Writes("<|tool|>") || Writes("functools[")) return Phi4;
        if (Writes("<|python_tag|>") || (Writes("<|start_header_id|>") && Writes("\"parameters\": "))) return Llama3;

        // The template is of no help; some models have the marks in their vocabulary all the same.
        if (Has(HarmonyParser.Channel) && Has(HarmonyParser.Message)) return Harmony;
        if (Has("<tool_call>")) return Hermes;
        if (Has("[TOOL_CALLS]")) return Has("[ARGS]") ? MistralArgs : Mistral;
        if (Has("<|tool_call|>")) return Phi4;
        if (Has("<|python_tag|>") && (template.Length == 0 || Writes("<|start_header_id|>"))) return Llama3;
        return Plain;

        bool Writes(string text) => template.Contains(text, StringComparison.Ordinal);
        bool Has(string token) => findToken(token) is not null;
    }
}
