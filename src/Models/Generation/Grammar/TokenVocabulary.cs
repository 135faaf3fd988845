using System.Text;
using Models.Generation.Grammar.Automata;
using Models.Generation.Grammar.Json;
using Models.Generation.Grammar.Matching;

namespace Models.Generation.Grammar;

/// <summary>
/// The tokens of one tokenizer by their bytes: made once for a model, shared by all grammars and generations. Safe for several threads.
/// </summary>
public sealed class TokenVocabulary
{
    /// <summary>A longer token is never allowed; real vocabularies have none.</summary>
    private const int MaxTokenBytes = 1024;

    private readonly byte[] _bytes;
    private readonly int[] _offsets;
    private readonly Dictionary<string, int> _special = [];
    private readonly int[] _endTokens;

    /// <summary>Reads the tokens; 152,000 of them take some 100 milliseconds and ten megabytes.</summary>
    /// <param name="count">One more than the largest token id.</param>
    /// <param name="bytesOf">The bytes a token stands for in the middle of a text; empty for an id that no token has. For a special token, its text.</param>
    /// <param name="isSpecial">Whether a token is a control token: it is allowed only where a grammar names its text.</param>
    /// <param name="endTokens">The tokens that end a generation: allowed exactly where the grammar may end.</param>
    /// <exception cref="ArgumentOutOfRangeException">An end token is not below the count: nothing could end.</exception>
    public TokenVocabulary(int count, Func<int, ReadOnlyMemory<byte>> bytesOf, Func<int, bool> isSpecial, IReadOnlyCollection<int> endTokens)
    {
        foreach (var token in endTokens)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)count, nameof(endTokens));
        _endTokens = [.. endTokens];
        _offsets = new int[count + 1];
        var all = new List<byte>(count * 8);
        for (var token = 0; token < count; token++)
        {
            var bytes = bytesOf(token);
            if (isSpecial(token))
                _special.TryAdd(Encoding.UTF8.GetString(bytes.Span), token);
            else if (bytes.Length <= MaxTokenBytes && !_endTokens.Contains(token))
                all.AddRange(bytes.Span);
            _offsets[token + 1] = all.Count;
        }
        _bytes = [.. all];
        Trie = TokenTrie.Build(_bytes, _offsets);
        SharedTables = ((ByteAutomaton[])[JsonStringAutomaton.Instance, NumberAutomaton.AnyNumber, NumberAutomaton.AnyInteger])
            .ToDictionary(automaton => automaton, automaton => new TokenSetTable(automaton, Trie));
        // Inside a string nearly every token is allowed; the first grammar need not wait for that.
        SharedTables[JsonStringAutomaton.Instance].Get(JsonStringAutomaton.Instance.UnitState, out _);
    }

    /// <summary>One more than the largest token id.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The words of a mask: a bit for each token, 64 to a word.</summary>
    public int MaskLength => (Count + 63) / 64;

    /// <summary>The tokens that end a generation.</summary>
    public IReadOnlyList<int> EndTokens => _endTokens;

    internal TokenTrie Trie { get; }

    /// <summary>The token sets of automata that every grammar of JSON uses.</summary>
    internal IReadOnlyDictionary<ByteAutomaton, TokenSetTable> SharedTables { get; }

    internal ReadOnlySpan<byte> Bytes(int token) => _bytes.AsSpan(_offsets[token], _offsets[token + 1] - _offsets[token]);

    /// <summary>The special token of a text, or -1.</summary>
    internal int Special(string text) => _special.GetValueOrDefault(text, -1);

    internal bool IsEnd(int token) => Array.IndexOf(_endTokens, token) >= 0;
}
