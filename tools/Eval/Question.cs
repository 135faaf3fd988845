using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Eval;

/// <summary>A conversation up to the model's next answer, and what that should be.</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="Messages">What was said.</param>
/// <param name="Tools">The tools that are there.</param>
/// <param name="Expected">What should come.</param>
internal sealed record Question(string Topic, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<AIFunctionDeclaration> Tools, Expectation Expected)
{
    /// <summary>The tool that should be called; null where none should be.</summary>
    public string? Tool { get; init; }

    /// <summary>Whether the arguments of a call are right; null where they are not looked at.</summary>
    public Func<JsonElement, bool>? AreRight { get; init; }
}

/// <summary>What a good answer does.</summary>
internal enum Expectation
{
    /// <summary>Calls a tool.</summary>
    Call,

    /// <summary>Asks for what is missing.</summary>
    Ask,

    /// <summary>Talks.</summary>
    Chat,

    /// <summary>Refuses.</summary>
    Refuse,

    /// <summary>Says that it does not know, or that a larger model could.</summary>
    Unknown,
}
