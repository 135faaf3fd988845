using Models.Generation.Grammar.Matching;

namespace Models.Generation.Grammar;

/// <summary>
/// A grammar ready for use with any vocabulary: automata over bytes, and a call stack where rules recur. From everything that can be
/// begun an end can be reached. Immutable and safe for several threads.
/// </summary>
public sealed class CompiledGrammar
{
    internal CompiledGrammar(GrammarNode root, IReadOnlyList<TerminalNode> terminals) => (Root, Terminals) = (root, terminals);

    /// <summary>The fewest bytes of a text that the grammar accepts.</summary>
    public int MinimumBytes => Root.MinimumBytes;

    internal GrammarNode Root { get; }

    internal IReadOnlyList<TerminalNode> Terminals { get; }
}
