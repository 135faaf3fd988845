namespace Models.Generation.Grammar.Automata;

/// <summary>
/// Spells an automaton over code points in bytes: as plain UTF-8 (RFC 3629: no surrogates, no overlong forms), or as a JSON string
/// between quotes in which every character has exactly one spelling (RFC 8259, section 7).
/// </summary>
internal sealed class Utf8Automaton
{
    private readonly ByteAutomatonBuilder _builder;
    private readonly Dictionary<(int Count, int To), int> _tails = []; // the state from which that many continuation bytes lead to another
    private readonly bool _json;

    private Utf8Automaton(bool json, WorkBudget budget) => (_json, _builder) = (json, new(budget));

    /// <summary>The texts themselves.</summary>
    public static ByteAutomaton OfText(CodePointAutomaton automaton, WorkBudget budget)
    {
        var utf8 = new Utf8Automaton(json: false, budget);
        for (var state = 0; state < automaton.StateCount; state++)
            utf8._builder.AddState(automaton.IsAccepting(state));
        for (var state = 0; state < automaton.StateCount; state++)
            utf8.AddEdges(state, automaton.Edges(state), offset: 0);
        return utf8._builder.Build();
    }

    /// <summary>
    /// The texts as JSON strings: characters as themselves; the quote, the backslash and \b \f \n \r \t as short escapes; other control
    /// characters as \u00xx in lower case.
    /// </summary>
    public static ByteAutomaton OfJsonString(CodePointAutomaton automaton, WorkBudget budget)
    {
        const int Offset = 2;
        var utf8 = new Utf8Automaton(json: true, budget);
        utf8._builder.AddState();
        var end = utf8._builder.AddState(accepting: true);
        for (var state = 0; state < automaton.StateCount; state++)
            utf8._builder.AddState();
        utf8._builder.AddEdge(0, '"', '"', Offset);
        for (var state = 0; state < automaton.StateCount; state++)
        {
            utf8.AddEdges(state + Offset, automaton.Edges(state), Offset);
            if (automaton.IsAccepting(state))
                utf8._builder.AddEdge(state + Offset, '"', '"', end);
        }
        return utf8._builder.Build();
    }

    private void AddEdges(int from, List<(int Low, int High, int To)> edges, int offset)
    {
        var ranges = edges.ConvertAll(edge => (edge.Low, edge.High, To: edge.To + offset));
        if (_json)
        {
            AddEscapes(from, ranges);
            ranges = [.. Clip(ranges, 0x20, '"' - 1), .. Clip(ranges, '"' + 1, '\\' - 1), .. Clip(ranges, '\\' + 1, CodePointSet.Last)];
        }
        foreach (var (low, high, to) in Clip(ranges, 0, 0x7F))
            _builder.AddEdge(from, low, high, to);
        AddSequences(from, Clip(ranges, 0x80, 0x7FF), 0xC0, 1);
        AddSequences(from, [.. Clip(ranges, 0x800, 0xD7FF), .. Clip(ranges, 0xE000, 0xFFFF)], 0xE0, 2);
        AddSequences(from, Clip(ranges, 0x10000, CodePointSet.Last), 0xF0, 3);
    }

    // A lead byte (or a continuation byte, lead 0x80) holds the bits above the 6·count that follow it.
    private void AddSequences(int from, List<(int Low, int High, int To)> ranges, int lead, int count)
    {
        var bits = 6 * count;
        var size = 1 << bits;
        for (var i = 0; i < ranges.Count;)
        {
            var (low, high, to) = ranges[i];
            var first = low >> bits;
            if ((low & (size - 1)) == 0 && high - low >= size - 1)
            {
                var last = ((high + 1) >> bits) - 1;
                _builder.AddEdge(from, lead | first, lead | last, Tail(count, to));
                if (((last + 1) << bits) > high)
                    i++;
                else
                    ranges[i] = ((last + 1) << bits, high, to);
                continue;
            }
            // Several ranges, or part of one, share this byte.
            var end = ((first + 1) << bits) - 1;
            var node = _builder.AddState();
            _builder.AddEdge(from, lead | first, lead | first, node);
            List<(int, int, int)> inner = [];
            while (i < ranges.Count && ranges[i].Low <= end)
            {
                inner.Add((ranges[i].Low & (size - 1), Math.Min(ranges[i].High, end) & (size - 1), ranges[i].To));
                if (ranges[i].High <= end)
                    i++;
                else
                    ranges[i] = (end + 1, ranges[i].High, ranges[i].To);
            }
            if (count == 1)
            {
                foreach (var (innerLow, innerHigh, innerTo) in inner)
                    _builder.AddEdge(node, 0x80 | innerLow, 0x80 | innerHigh, innerTo);
            }
            else
                AddSequences(node, inner, 0x80, count - 1);
        }
    }

    private int Tail(int count, int to)
    {
        if (count == 0)
            return to;
        if (!_tails.TryGetValue((count, to), out var state))
        {
            var next = Tail(count - 1, to);
            _tails[(count, to)] = state = _builder.AddState();
            _builder.AddEdge(state, 0x80, 0xBF, next);
        }
        return state;
    }

    // The escapes of one state share the bytes they have in common.
    private void AddEscapes(int from, List<(int Low, int High, int To)> ranges)
    {
        Dictionary<(int State, char Letter), int> nodes = [];
        foreach (var (low, high, to) in (List<(int, int, int)>)[.. Clip(ranges, 0, 0x1F), .. Clip(ranges, '"', '"'), .. Clip(ranges, '\\', '\\')])
        {
            for (var c = low; c <= high; c++)
            {
                var spelling = JsonEscape.Of((char)c);
                var state = from;
                foreach (var letter in spelling.AsSpan(0, spelling.Length - 1))
                {
                    if (!nodes.TryGetValue((state, letter), out var next))
                    {
                        nodes[(state, letter)] = next = _builder.AddState();
                        _builder.AddEdge(state, letter, letter, next);
                    }
                    state = next;
                }
                _builder.AddEdge(state, spelling[^1], spelling[^1], to);
            }
        }
    }

    private static List<(int Low, int High, int To)> Clip(List<(int Low, int High, int To)> ranges, int low, int high) =>
        [.. ranges.Where(range => range.Low <= high && range.High >= low).Select(range => (Math.Max(range.Low, low), Math.Min(range.High, high), range.To))];
}
