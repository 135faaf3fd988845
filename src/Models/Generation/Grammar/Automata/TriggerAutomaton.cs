namespace Models.Generation.Grammar.Automata;

/// <summary>Free bytes in which texts are looked for (Aho and Corasick, 1975): what a model may write before a grammar binds it.</summary>
internal static class TriggerAutomaton
{
    private const int MaxBytes = 4096;

    /// <summary>Accepts bytes that contain none of the triggers.</summary>
    public static ByteAutomaton Without(IReadOnlyList<byte[]> triggers, WorkBudget budget) => Build(triggers, wanted: -1, budget);

    /// <summary>Accepts bytes that end with the wanted trigger, where that is the first occurrence of any.</summary>
    public static ByteAutomaton Until(IReadOnlyList<byte[]> triggers, int wanted, WorkBudget budget) => Build(triggers, wanted, budget);

    private static ByteAutomaton Build(IReadOnlyList<byte[]> triggers, int wanted, WorkBudget budget)
    {
        if (triggers.Any(trigger => trigger.Length == 0) || triggers.Sum(trigger => trigger.Length) > MaxBytes)
            throw new GrammarException($"A trigger of free text is empty, or the triggers are longer than {MaxBytes:N0} bytes together. Name the texts that begin a tool call.");
        // The goto table; 0 is the root. What a state has found is the trigger it ends with, the longest where several end at once.
        List<int[]> table = [new int[256]];
        List<int> found = [-1];
        for (var i = 0; i < triggers.Count; i++)
        {
            var state = 0;
            foreach (var value in triggers[i])
            {
                if (table[state][value] == 0)
                {
                    table[state][value] = table.Count;
                    table.Add(new int[256]);
                    found.Add(-1);
                }
                state = table[state][value];
            }
            found[state] = i;
        }
        CompleteTable(table, found);

        var builder = new ByteAutomatonBuilder(budget);
        for (var state = 0; state < table.Count; state++)
            builder.AddState(wanted < 0 ? found[state] < 0 : found[state] == wanted);
        for (var state = 0; state < table.Count; state++)
        {
            if (found[state] >= 0)
                continue;
            for (var (low, row) = (0, table[state]); low < 256; low++)
            {
                var high = low;
                while (high < 255 && row[high + 1] == row[low])
                    high++;
                builder.AddEdge(state, low, high, row[low]);
                low = high;
            }
        }
        return builder.Build();
    }

    // Breadth first: a missing transition is that of the longest proper suffix that is also a prefix of a trigger.
    private static void CompleteTable(List<int[]> table, List<int> found)
    {
        var suffix = new int[table.Count];
        var queue = new Queue<int>(table[0].Where(state => state != 0));
        while (queue.TryDequeue(out var state))
        {
            if (found[state] < 0)
                found[state] = found[suffix[state]];
            for (var value = 0; value < 256; value++)
            {
                var next = table[state][value];
                var other = table[suffix[state]][value];
                if (next == 0)
                    table[state][value] = other;
                else
                {
                    suffix[next] = other;
                    queue.Enqueue(next);
                }
            }
        }
    }
}
