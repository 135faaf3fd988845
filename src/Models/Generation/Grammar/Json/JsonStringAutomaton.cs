using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>
/// Any JSON string (RFC 8259, section 7) in valid UTF-8, with every escape it allows and surrogate escapes only in pairs. Its units are
/// code points. One instance serves all grammars, so that its token sets are worked out once for a vocabulary.
/// </summary>
internal static class JsonStringAutomaton
{
    /// <summary>The automaton.</summary>
    public static readonly ByteAutomaton Instance = Build();

    private static ByteAutomaton Build()
    {
        var builder = new ByteAutomatonBuilder(new WorkBudget());
        var (start, inside, end) = (builder.AddState(), builder.AddState(), builder.AddState(accepting: true));
        builder.AddEdge(start, '"', '"', inside);
        builder.AddEdge(inside, '"', '"', end);
        builder.AddEdge(inside, ' ', '!', inside);
        builder.AddEdge(inside, '#', '[', inside);
        builder.AddEdge(inside, ']', 0x7F, inside);

        // RFC 3629, section 4.
        var (one, two, three) = (builder.AddState(), builder.AddState(), builder.AddState());
        builder.AddEdge(one, 0x80, 0xBF, inside);
        builder.AddEdge(two, 0x80, 0xBF, one);
        builder.AddEdge(three, 0x80, 0xBF, two);
        builder.AddEdge(inside, 0xC2, 0xDF, one);
        Through(inside, 0xE0, 0xA0, 0xBF, one);
        builder.AddEdge(inside, 0xE1, 0xEC, two);
        Through(inside, 0xED, 0x80, 0x9F, one);
        builder.AddEdge(inside, 0xEE, 0xEF, two);
        Through(inside, 0xF0, 0x90, 0xBF, two);
        builder.AddEdge(inside, 0xF1, 0xF3, three);
        Through(inside, 0xF4, 0x80, 0x8F, two);

        var escape = builder.AddState();
        builder.AddEdge(inside, '\\', '\\', escape);
        foreach (var letter in "\"\\/bfnrt")
            builder.AddEdge(escape, letter, letter, inside);
        var hex = builder.AddState();
        builder.AddEdge(escape, 'u', 'u', hex);

        // \uXXXX: D800 to DBFF must be followed by \uDC00 to \uDFFF.
        var anyTwo = Hex(Hex(inside));
        var anyThree = Hex(anyTwo);
        var low = builder.AddState();
        HexEdges(low, 0xC, 0xF, anyTwo);
        var lowD = builder.AddState();
        HexEdges(lowD, 0xD, 0xD, low);
        var lowU = builder.AddState();
        builder.AddEdge(lowU, 'u', 'u', lowD);
        var lowEscape = builder.AddState();
        builder.AddEdge(lowEscape, '\\', '\\', lowU);
        var second = builder.AddState();
        HexEdges(second, 0, 7, anyTwo);
        HexEdges(second, 8, 0xB, Hex(Hex(lowEscape)));
        HexEdges(hex, 0, 0xC, anyThree);
        HexEdges(hex, 0xD, 0xD, second);
        HexEdges(hex, 0xE, 0xF, anyThree);
        return builder.Build(unitState: inside);

        void Through(int from, int lead, int low, int high, int to)
        {
            var state = builder.AddState();
            builder.AddEdge(from, lead, lead, state);
            builder.AddEdge(state, low, high, to);
        }

        int Hex(int to)
        {
            var state = builder.AddState();
            HexEdges(state, 0, 0xF, to);
            return state;
        }

        void HexEdges(int from, int lowest, int highest, int to)
        {
            for (var digit = lowest; digit <= highest; digit++)
            {
                builder.AddEdge(from, "0123456789ABCDEF"[digit], "0123456789ABCDEF"[digit], to);
                if (digit > 9)
                    builder.AddEdge(from, "0123456789abcdef"[digit], "0123456789abcdef"[digit], to);
            }
        }
    }
}
