namespace Models.Generation.Grammar.Automata;

/// <summary>
/// A deterministic finite automaton over bytes, start state 0. Trimmed: every transition leads to a state from which an accepting one
/// can be reached. Immutable.
/// </summary>
/// <remarks>
/// It may carry one counter, so that a string of up to 10,000 characters does not need 10,000 states: every transition that leaves
/// <see cref="UnitState"/> and does not accept begins one unit (a character of a JSON string), and whoever runs the automaton
/// holds the number of units within bounds.
/// </remarks>
internal sealed class ByteAutomaton
{
    /// <summary>No transition.</summary>
    public const int Dead = -1;

    /// <summary>The distance of a state from which nothing is accepted.</summary>
    public const int Unreachable = int.MaxValue;

    private readonly byte[] _classes;
    private readonly int _classCount;
    private readonly int[] _next;
    private readonly bool[] _accepting;
    private readonly int[] _distance;
    private readonly bool[] _continues;

    internal ByteAutomaton(byte[] classes, int classCount, int[] next, bool[] accepting, int[] distance, int unitState)
    {
        (_classes, _classCount, _next, _accepting, _distance, UnitState) = (classes, classCount, next, accepting, distance, unitState);
        _continues = new bool[accepting.Length];
        for (var i = 0; i < next.Length; i++)
            _continues[i / classCount] |= next[i] != Dead;
    }

    /// <summary>The number of states.</summary>
    public int StateCount => _accepting.Length;

    /// <summary>The state whose transitions begin a unit, or -1 where nothing is counted.</summary>
    public int UnitState { get; }

    /// <summary>Whether no byte string is accepted.</summary>
    public bool IsEmpty => _distance[0] == Unreachable;

    /// <summary>The state after a byte, or <see cref="Dead"/>.</summary>
    public int Next(int state, byte value) => _next[state * _classCount + _classes[value]];

    /// <summary>Whether the bytes so far are accepted.</summary>
    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>Whether any byte may follow.</summary>
    public bool Continues(int state) => _continues[state];

    /// <summary>The fewest bytes from a state to an accepting one.</summary>
    public int Distance(int state) => _distance[state];

    /// <summary>Accepts exactly these bytes.</summary>
    public static ByteAutomaton Literal(ReadOnlySpan<byte> bytes, WorkBudget budget)
    {
        var builder = new ByteAutomatonBuilder(budget);
        var state = builder.AddState(bytes.IsEmpty);
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = builder.AddState(i == bytes.Length - 1);
            builder.AddEdge(state, bytes[i], bytes[i], next);
            state = next;
        }
        return builder.Build();
    }

    /// <summary>Accepts exactly one of these byte strings.</summary>
    public static ByteAutomaton OneOf(IEnumerable<byte[]> literals, WorkBudget budget)
    {
        var builder = new ByteAutomatonBuilder(budget);
        var root = builder.AddState();
        Dictionary<(int State, byte Value), int> children = [];
        foreach (var literal in literals)
        {
            var state = root;
            foreach (var value in literal)
            {
                if (!children.TryGetValue((state, value), out var next))
                {
                    children[(state, value)] = next = builder.AddState();
                    builder.AddEdge(state, value, value, next);
                }
                state = next;
            }
            builder.Accept(state);
        }
        return builder.Build();
    }
}
