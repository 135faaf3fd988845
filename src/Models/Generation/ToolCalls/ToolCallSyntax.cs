using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Models.Generation.ToolCalls;

/// <summary>
/// One way of writing tool calls, for a grammar that constrains them and for the parser that reads them:
/// <code>
/// calls := Open call (Separator call)* Close
/// call  := BeforeName name BeforeArguments arguments AfterArguments
/// </code>
/// where the arguments are a JSON object. The parser reads more than this (other white space, other order of members).
/// </summary>
public sealed record ToolCallSyntax
{
    /// <summary>
    /// What a model writes when it decides to call: a beginning of <see cref="Open"/> + <see cref="BeforeName"/>. Constraining starts
    /// with it; before it the text is free.
    /// </summary>
    public required string Trigger { get; init; }

    /// <summary>
    /// True where the trigger counts only at the start of the answer (white space and reasoning aside) or after another call.
    /// </summary>
    public bool OnlyAtStart { get; init; }

    /// <summary>True where ordinary text may contain the trigger: if no call follows, it was text.</summary>
    public bool MayBeText { get; init; }

    /// <summary>Literal text before the first call.</summary>
    public string Open { get; init; } = "";

    /// <summary>Literal text before a function's name.</summary>
    public required string BeforeName { get; init; }

    /// <summary>Literal text between the name and the arguments.</summary>
    public required string BeforeArguments { get; init; }

    /// <summary>Literal text after the arguments.</summary>
    public string AfterArguments { get; init; } = "";

    /// <summary>Literal text between two calls, or null where an answer has one call at most.</summary>
    public string? Separator { get; init; }

    /// <summary>Literal text after the last call.</summary>
    public string Close { get; init; } = "";

    /// <summary>
    /// The mark that ends calls, the last part of a call or of <see cref="Close"/>; empty where they end with their JSON.
    /// </summary>
    public string End { get; init; } = "";

    /// <summary>
    /// The mark between a name and an id the model gives its call, before <see cref="BeforeArguments"/>. Only where marks separate them.
    /// </summary>
    internal string BeforeId { get; init; } = "";

    /// <summary>True where built-in tools are called in another way after the trigger, see <see cref="BuiltinCall"/>.</summary>
    internal bool HasBuiltins { get; init; }

    /// <summary>True where name and arguments are members of one JSON object, false where marks separate them.</summary>
    internal bool IsJson => BeforeName.EndsWith('"');

    /// <summary>True where a call begins with its JSON object and no mark.</summary>
    internal bool IsBare => Trigger.StartsWith('{');

    /// <summary>The literal text of a call to a function up to its arguments.</summary>
    public string BeginCall(string name) =>
        BeforeName
        + (IsJson ? JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value : name)
        + BeforeArguments;

    /// <summary>Writes calls as the model would: what the parser reads back as these calls.</summary>
    /// <param name="calls">Names, and arguments as JSON objects. One only where <see cref="Separator"/> is null.</param>
    public string Write(params IReadOnlyList<(string Name, string Arguments)> calls)
    {
        var text = new StringBuilder(Open);
        for (var i = 0; i < calls.Count; i++)
        {
            if (i > 0) text.Append(Separator ?? throw new ArgumentException("This format has one call to an answer.", nameof(calls)));
            text.Append(BeginCall(calls[i].Name)).Append(calls[i].Arguments).Append(AfterArguments);
        }
        return text.Append(Close).ToString();
    }
}
