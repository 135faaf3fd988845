using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Matching;

/// <summary>Finds text that a grammar forces, and the shortest text that ends it. Reuses its buffers; not thread-safe.</summary>
internal sealed class TextFinder(TokenConstraint constraint, PushdownMachine machine, MaskBuilder masks)
{
    private const int MaxForced = 4096;
    private const int MaxCompletion = 65_536;

    private readonly TokenTrie _trie = constraint.Vocabulary.Trie;
    private readonly ConfigurationSet _next = new();

    /// <summary>The tokens that must come.</summary>
    public List<int> Forced(ParserState state)
    {
        List<int> tokens = [];
        while (tokens.Count < MaxForced)
        {
            if (OnlySpecial(state) is { } special)
            {
                tokens.Add(special);
                machine.StepSpecial(state.Configurations, special, _next);
                state = new(_next);
                continue;
            }
            var (bytes, after) = ForcedBytes(state);
            if (bytes.Count == 0 || !Spell(bytes, after, tokens))
                break;
            state = after;
        }
        return tokens;
    }

    /// <summary>The bytes that must come, up to a choice, a special token or an end.</summary>
    public (List<byte> Bytes, ParserState After) ForcedBytes(ParserState state)
    {
        List<byte> bytes = [];
        while (bytes.Count < MaxForced && OnlyByte(state) is { } value)
        {
            bytes.Add(value);
            machine.Step(state.Configurations, value, _next);
            state = new(_next);
        }
        return (bytes, state);
    }

    /// <summary>The tokens of a shortest text that ends the grammar; null where the vocabulary cannot spell it or it is very long.</summary>
    public List<int>? Shortest(ParserState state)
    {
        List<int> tokens = [];
        List<byte> bytes = [];
        if (state.MinimumBytes > MaxCompletion)
            return null;
        while (!state.CanEnd)
        {
            if (Shorten(state) is { } value)
                bytes.Add(value);
            else
            {
                var special = ShortestSpecial(state);
                if (!Spell(bytes, null, tokens))
                    return null;
                bytes.Clear();
                tokens.Add(special);
                machine.StepSpecial(state.Configurations, special, _next);
            }
            state = new(_next);
        }
        return Spell(bytes, null, tokens) ? tokens : null;
    }

    // Steps by a byte after which less is left.
    private byte? Shorten(ParserState state)
    {
        var left = state.MinimumBytes;
        for (var value = 0; value < 256; value++)
        {
            if (machine.Step(state.Configurations, (byte)value, _next) && _next.MinimumBytes < left)
                return (byte)value;
        }
        return null;
    }

    private int ShortestSpecial(ParserState state)
    {
        foreach (ref readonly var configuration in state.Configurations)
        {
            if (machine.IsSpecialOnly(configuration) && configuration.MinimumBytes == state.MinimumBytes)
                return machine.Special(configuration);
        }
        throw new InvalidOperationException("The grammar has no way to its end from here.");
    }

    private int? OnlySpecial(ParserState state)
    {
        if (state.CanEnd || state.Configurations.IsEmpty)
            return null;
        var special = machine.Special(state.Configurations[0]);
        foreach (ref readonly var configuration in state.Configurations)
        {
            if (!machine.IsSpecialOnly(configuration) || machine.Special(configuration) != special)
                return null;
        }
        return special;
    }

    private byte? OnlyByte(ParserState state)
    {
        if (state.CanEnd)
            return null;
        byte? only = null;
        foreach (ref readonly var configuration in state.Configurations)
        {
            if (machine.Special(configuration) >= 0)
                return null;
            var (automaton, isUnit) = (configuration.Terminal.Automaton, configuration.State == configuration.Terminal.Automaton.UnitState);
            for (var value = 0; value < 256; value++)
            {
                var next = automaton.Next(configuration.State, (byte)value);
                if (next == ByteAutomaton.Dead)
                    continue;
                if (isUnit && (automaton.IsAccepting(next) ? configuration.Units < configuration.Terminal.MinimumUnits : configuration.UnitsLeft == 0))
                    continue;
                if (only is not null && only != value)
                    return null;
                only = (byte)value;
            }
        }
        return only;
    }

    // Longest token first. Where the grammar goes on after the bytes, the last tokens are left to the model if a longer token could
    // begin in their place and reach beyond them.
    private bool Spell(List<byte> bytes, ParserState? after, List<int> tokens)
    {
        for (var start = 0; start < bytes.Count;)
        {
            var (node, token, length) = (0, -1, 0);
            var end = start;
            while (end < bytes.Count && _trie.Child(node, bytes[end]) is >= 0 and var child)
            {
                (node, end) = (child, end + 1);
                if (_trie.Token(node) >= 0)
                    (token, length) = (_trie.Token(node), end - start);
            }
            var isWhole = end == bytes.Count;
            if (token < 0 || after is not null && isWhole && masks.AnyUnder(node, after.Configurations))
                return false;
            tokens.Add(token);
            start += length;
        }
        return true;
    }
}
