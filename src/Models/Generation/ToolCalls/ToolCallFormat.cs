using System.Security.Cryptography;

namespace Models.Generation.ToolCalls;

/// <summary>
/// How a family of models writes tool calls and reasoning: the one description that the parser of its answers, the grammar that
/// constrains them and the detokenizer share. Immutable and safe for several threads.
/// </summary>
public sealed partial record ToolCallFormat
{
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private ToolCallFormat(string name) => Name = name;

    /// <summary>A short name for logs.</summary>
    public string Name { get; }

    /// <summary>The ways of writing calls; the first is the one to force. Empty where the format has none.</summary>
    public IReadOnlyList<ToolCallSyntax> Calls { get; private init; } = [];

    /// <summary>The marks around reasoning, or null where it has none or is a message of its own (gpt-oss).</summary>
    public ReasoningSyntax? Reasoning { get; private init; }

    /// <summary>
    /// The texts of all marks. Where a tokenizer has one as a special token, the detokenizer must let it through as text, or the
    /// parser does not see it.
    /// </summary>
    public IReadOnlyList<string> Marks { get; private init; } = [];

    /// <summary>The exact length of a call's id where the model's template insists on one; ids are then letters and digits.</summary>
    public int? CallIdLength { get; private init; }

    /// <summary>A new id for a call, such as the model's template accepts.</summary>
    public string NewCallId() => CallIdLength is { } length
        ? RandomNumberGenerator.GetString(Alphanumeric, length)
        : "call_" + RandomNumberGenerator.GetString(Alphanumeric, 24);

    /// <summary>Whether the model's template accepts a call's id.</summary>
    public bool AcceptsCallId(string id) => id.Length is > 0 and <= 64
        && (CallIdLength is not { } length || (id.Length == length && id.All(char.IsAsciiLetterOrDigit)));

    /// <summary>Creates the parser of one answer.</summary>
    /// <param name="prompt">
    /// The prompt's text, or its end: some templates write the beginning of the answer (<c>&lt;think&gt;</c>, a message's header).
    /// </param>
    /// <param name="tools">
    /// The names of the tools the model was offered, or null if not known. Only text that carries no mark depends on them: a JSON
    /// object that names none of these is an answer, not a call.
    /// </param>
    public AnswerParser CreateParser(string prompt = "", IReadOnlySet<string>? tools = null) => this == Harmony
        ? new HarmonyParser(this, prompt)
        : new MarkedParser(this, Reasoning is not null && prompt.AsSpan().TrimEnd().EndsWith(Reasoning.Begin), tools);
}
