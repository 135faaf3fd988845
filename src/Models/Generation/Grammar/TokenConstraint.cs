using Models.Generation.Grammar.Automata;
using Models.Generation.Grammar.Matching;

namespace Models.Generation.Grammar;

/// <summary>
/// A grammar over a vocabulary: what generations by the same grammar share. Holds what was worked out of tokens, within bounds. Safe
/// for several threads; keep it as long as the grammar is in use.
/// </summary>
public sealed class TokenConstraint
{
    /// <summary>Token sets of one grammar beyond this are forgotten and worked out again: some 3,000 states that allow most of a vocabulary of 152,000.</summary>
    private const long DefaultMaxBytes = 64L << 20;

    private readonly Dictionary<ByteAutomaton, TokenSetTable> _ownTables = [];
    private readonly TokenSetTable[] _tables; // by terminal
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>Prepares a grammar for a vocabulary. Cheap: token sets are worked out when they are met.</summary>
    public TokenConstraint(CompiledGrammar grammar, TokenVocabulary vocabulary) : this(grammar, vocabulary, DefaultMaxBytes) { }

    internal TokenConstraint(CompiledGrammar grammar, TokenVocabulary vocabulary, long maxBytes)
    {
        _maxBytes = maxBytes;
        (Grammar, Vocabulary) = (grammar, vocabulary);
        _tables = new TokenSetTable[grammar.Terminals.Count];
        Specials = new int[grammar.Terminals.Count];
        foreach (var terminal in grammar.Terminals)
        {
            var automaton = terminal.Automaton;
            if (!vocabulary.SharedTables.TryGetValue(automaton, out var table) && !_ownTables.TryGetValue(automaton, out table))
                _ownTables[automaton] = table = new(automaton, vocabulary.Trie);
            _tables[terminal.Index] = table;
            Specials[terminal.Index] = terminal.Special is { } text ? vocabulary.Special(text) : -1;
        }
    }

    /// <summary>The grammar.</summary>
    public CompiledGrammar Grammar { get; }

    /// <summary>The vocabulary.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The memory of token sets held for this grammar alone; never much above 64 MiB.</summary>
    public long CachedBytes => Interlocked.Read(ref _bytes);

    /// <summary>By terminal: the special token that stands for it, or -1.</summary>
    internal int[] Specials { get; }

    internal MaskCache Masks { get; } = new();

    /// <summary>A matcher at the beginning of a text.</summary>
    public GrammarMatcher CreateMatcher() => new(this);

    internal TokenSets TokenSetsOf(in Configuration configuration)
    {
        var sets = _tables[configuration.Terminal.Index].Get(configuration.State, out var added);
        if (added > 0 && _ownTables.ContainsKey(configuration.Terminal.Automaton) && Interlocked.Add(ref _bytes, added) > _maxBytes)
        {
            Interlocked.Exchange(ref _bytes, 0);
            foreach (var table in _ownTables.Values)
                table.Clear();
        }
        return sets;
    }
}
