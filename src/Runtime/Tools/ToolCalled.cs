using Runtime.Tools.Policy;

namespace Runtime.Tools;

/// <summary>A call that is over.</summary>
/// <param name="Name">The name that was called.</param>
/// <param name="Effect">What such a tool does at most; null where there is none of that name.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Context">Who called.</param>
/// <param name="Decision">What the policy said.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Reads">Full paths of the files it opened to read, each once, the first of them where they are many.</param>
public sealed record ToolCalled(
    string Name, ToolEffect? Effect, ToolArguments Arguments, ToolContext Context, ToolVerdict Decision, ToolResult Result, IReadOnlyList<string> Reads);
