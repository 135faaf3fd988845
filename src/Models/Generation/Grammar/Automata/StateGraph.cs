using System.Runtime.InteropServices;

namespace Models.Generation.Grammar.Automata;

/// <summary>A deterministic automaton over symbols 0 … n-1 found by exploring an implicit one. State 0 is the start.</summary>
internal sealed class StateGraph
{
    private readonly List<int[]> _next = [];
    private readonly List<bool> _accepting = [];

    /// <summary>The number of states.</summary>
    public int StateCount => _next.Count;

    /// <summary>The states after a state, one for each symbol; -1 where there is none.</summary>
    public int[] Next(int state) => _next[state];

    /// <summary>Whether a state accepts.</summary>
    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>Explores everything that can be reached from a start, where a state is a tuple or set of numbers.</summary>
    /// <param name="start">The start.</param>
    /// <param name="symbols">How many symbols there are.</param>
    /// <param name="step">The state after a symbol; null where there is none.</param>
    /// <param name="isAccepting">Whether a state accepts.</param>
    /// <param name="budget">What it may cost.</param>
    /// <exception cref="GrammarException">The budget is spent.</exception>
    public static StateGraph Explore(int[] start, int symbols, Func<int[], int, int[]?> step, Func<int[], bool> isAccepting, WorkBudget budget)
    {
        var graph = new StateGraph();
        Dictionary<int[], int> numbers = new(new TupleComparer()) { [start] = 0 };
        List<int[]> states = [start];
        for (var i = 0; i < states.Count; i++)
        {
            budget.Spend(symbols);
            var row = new int[symbols];
            for (var symbol = 0; symbol < symbols; symbol++)
            {
                var next = step(states[i], symbol);
                budget.Spend(states[i].Length);
                if (next is null)
                {
                    row[symbol] = -1;
                    continue;
                }
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, next, out var known);
                if (!known)
                {
                    number = states.Count;
                    states.Add(next);
                }
                row[symbol] = number;
            }
            graph._next.Add(row);
            graph._accepting.Add(isAccepting(states[i]));
        }
        return graph;
    }

    private sealed class TupleComparer : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] tuple)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(tuple.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
