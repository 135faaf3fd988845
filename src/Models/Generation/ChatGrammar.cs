using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Generation.Grammar;
using Models.Generation.ToolCalls;

namespace Models.Generation;

/// <summary>The grammar an answer is held to: by the asked response format, or by the tools and whether one must be called.</summary>
internal static class ChatGrammar
{
    private static readonly JsonElement AnyObject = JsonDocument.Parse("""{"type":"object","additionalProperties":true}""").RootElement;

    /// <summary>The grammar, or null where the answer is free.</summary>
    /// <exception cref="GenerationException">A schema cannot be enforced (the message names the keyword), or a call is asked of a model that was not taught to.</exception>
    public static CompiledGrammar? For(ToolCallFormat format, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options)
    {
        try
        {
            if (options?.ToolMode is RequiredChatToolMode required) return GrammarCompiler.Compile(Calls(format, Choose(tools, required), options));
            if (options?.ResponseFormat is ChatResponseFormatJson json)
                return GrammarCompiler.Compile(GrammarExpression.JsonSchema(json.Schema ?? AnyObject));
            // Formats whose calls begin like ordinary text are read, not held to a grammar, while the model may also just speak.
            if (tools.Count == 0 || format.Calls is not [{ OnlyAtStart: false, MayBeText: false } syntax, ..]) return null;
            return GrammarCompiler.Compile(GrammarExpression.FreeText([(syntax.Trigger, AfterTrigger(format, syntax, tools, options))]));
        }
        catch (GrammarException e)
        {
            throw new GenerationException(e.Message, e) { Parameter = options?.ResponseFormat is ChatResponseFormatJson ? "response_format" : "tools" };
        }
    }

    private static IReadOnlyList<AIFunctionDeclaration> Choose(IReadOnlyList<AIFunctionDeclaration> tools, RequiredChatToolMode required)
    {
        if (required.RequiredFunctionName is not { } name) return tools;
        return tools.FirstOrDefault(tool => tool.Name == name) is { } tool
            ? [tool]
            : throw new GenerationException($"tool_choice names {name}, which is not among the tools.") { Parameter = "tool_choice" };
    }

    // calls := Open call (Separator call)* Close, see ToolCallSyntax.
    private static GrammarExpression Calls(ToolCallFormat format, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options)
    {
        if (tools.Count == 0) throw new GenerationException("tool_choice asks for a call, but there are no tools.") { Parameter = "tool_choice" };
        if (format.Calls is not [var syntax, ..])
            throw new GenerationException("This model was not taught to call tools: its chat template has no form for it.") { Parameter = "tools" };
        return GrammarExpression.Sequence(Text(format, syntax.Open + syntax.BeforeName), Rest(format, syntax, tools, options));
    }

    private static GrammarExpression AfterTrigger(
        ToolCallFormat format, ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options)
    {
        var begin = syntax.Open + syntax.BeforeName;
        return GrammarExpression.Sequence(Text(format, begin[syntax.Trigger.Length..]), Rest(format, syntax, tools, options));
    }

    // What follows the text before the first name.
    private static GrammarExpression Rest(ToolCallFormat format, ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options)
    {
        var call = GrammarExpression.Choice([.. tools.Select(tool => GrammarExpression.Sequence(
            Text(format, syntax.BeginCall(tool.Name)[syntax.BeforeName.Length..]),
            GrammarExpression.JsonSchema(tool.JsonSchema),
            Text(format, syntax.AfterArguments)))]);
        if (syntax.Separator is not { } separator || options?.AllowMultipleToolCalls == false) return GrammarExpression.Sequence(call, Text(format, syntax.Close));
        var more = GrammarExpression.Sequence(Text(format, separator + syntax.BeforeName), call);
        return GrammarExpression.Sequence(call, GrammarExpression.Repeat(more), Text(format, syntax.Close));
    }

    // Marks of the format may be special tokens of the vocabulary: each is named by itself.
    private static GrammarExpression Text(ToolCallFormat format, string text)
    {
        var parts = new List<GrammarExpression>();
        var plain = 0;
        for (var at = 0; at < text.Length;)
        {
            var mark = format.Marks.Where(mark => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0).MaxBy(mark => mark.Length);
            if (string.IsNullOrEmpty(mark))
            {
                at++;
                continue;
            }
            if (at > plain) parts.Add(GrammarExpression.Literal(text[plain..at]));
            parts.Add(GrammarExpression.SpecialToken(mark));
            plain = at += mark.Length;
        }
        if (plain < text.Length) parts.Add(GrammarExpression.Literal(text[plain..]));
        return GrammarExpression.Sequence(parts);
    }
}
