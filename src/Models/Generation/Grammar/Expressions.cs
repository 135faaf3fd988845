using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar;

/// <summary>What an automaton accepts.</summary>
internal sealed class TerminalExpression(ByteAutomaton automaton) : GrammarExpression
{
    public TerminalExpression(byte[] literal, WorkBudget budget) : this(ByteAutomaton.Literal(literal, budget)) => Bytes = literal;

    public ByteAutomaton Automaton { get; } = automaton;

    /// <summary>The only bytes it accepts, where that is known.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The fewest units, where the automaton counts them.</summary>
    public int MinimumUnits { get; init; }

    /// <summary>The most units.</summary>
    public int MaximumUnits { get; init; } = int.MaxValue;

    /// <summary>The text of a special token that may stand for the whole.</summary>
    public string? Special { get; init; }

    /// <summary>Whether that token may also come after some bytes, and not only instead of all.</summary>
    public bool SpecialAnywhere { get; init; }
}

internal sealed class SequenceExpression(GrammarExpression[] items) : GrammarExpression
{
    internal override IReadOnlyList<GrammarExpression> Children => items;
}

internal sealed class ChoiceExpression(GrammarExpression[] items) : GrammarExpression
{
    internal override IReadOnlyList<GrammarExpression> Children => items;
}

internal sealed class RepeatExpression(GrammarExpression body, int minimum, int maximum) : GrammarExpression
{
    private readonly GrammarExpression[] _children = [body];

    public int Minimum => minimum;

    /// <summary>The most times; <see cref="int.MaxValue"/> without end.</summary>
    public int Maximum => maximum;

    internal override IReadOnlyList<GrammarExpression> Children => _children;
}

/// <summary>A named part that may contain itself. The body is set once, before anyone else sees it.</summary>
internal sealed class RuleExpression(string name) : GrammarExpression
{
    private GrammarExpression[] _children = [];

    public string Name => name;

    public GrammarExpression Body
    {
        set => _children = [value];
    }

    internal override IReadOnlyList<GrammarExpression> Children => _children;
}
