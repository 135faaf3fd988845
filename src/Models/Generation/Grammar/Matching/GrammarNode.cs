using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Matching;

/// <summary>A part of a compiled grammar, from which some text can be completed. Immutable once compiled.</summary>
internal abstract class GrammarNode(int id, int minimumBytes)
{
    /// <summary>More bytes than this are not told apart.</summary>
    public const int ManyBytes = 1_000_000_000;

    /// <summary>A number of its own within the grammar.</summary>
    public int Id => id;

    /// <summary>The fewest bytes of a text that it accepts.</summary>
    public int MinimumBytes => minimumBytes;

    /// <summary>Adds and multiplies counts of bytes without overflow.</summary>
    public static int Sum(long first, long second, long factor = 1) => (int)Math.Min(ManyBytes, first + second * factor);
}

/// <summary>What an automaton accepts.</summary>
internal sealed class TerminalNode(int id, int minimumBytes, int index, TerminalExpression expression) : GrammarNode(id, minimumBytes)
{
    /// <summary>Its number among the terminals.</summary>
    public int Index => index;

    public ByteAutomaton Automaton { get; } = expression.Automaton;

    public int MinimumUnits { get; } = expression.MinimumUnits;

    public int MaximumUnits { get; } = expression.MaximumUnits;

    public string? Special { get; } = expression.Special;

    public bool SpecialAnywhere { get; } = expression.SpecialAnywhere;
}

/// <summary>One after another.</summary>
internal sealed class SequenceNode : GrammarNode
{
    private readonly int[] _bytesFrom;

    public SequenceNode(int id, int minimumBytes, GrammarNode[] items) : base(id, minimumBytes)
    {
        Items = items;
        _bytesFrom = new int[items.Length + 1];
        for (var i = items.Length - 1; i >= 0; i--)
            _bytesFrom[i] = Sum(_bytesFrom[i + 1], items[i].MinimumBytes);
    }

    public GrammarNode[] Items { get; }

    /// <summary>The fewest bytes from an item on.</summary>
    public int BytesFrom(int index) => _bytesFrom[index];
}

/// <summary>Any one of several.</summary>
internal sealed class ChoiceNode(int id, int minimumBytes, GrammarNode[] items) : GrammarNode(id, minimumBytes)
{
    public GrammarNode[] Items => items;
}

/// <summary>Several times; <see cref="int.MaxValue"/> is without end.</summary>
internal sealed class RepeatNode(int id, int minimumBytes, GrammarNode body, int minimum, int maximum) : GrammarNode(id, minimumBytes)
{
    public GrammarNode Body => body;

    public int Minimum => minimum;

    public int Maximum => maximum;
}

/// <summary>A part that may contain itself.</summary>
internal sealed class RuleNode(int id, int minimumBytes, string name) : GrammarNode(id, minimumBytes)
{
    public string Name => name;

    /// <summary>Set once while compiling.</summary>
    public GrammarNode Body { get; set; } = null!;
}
