using System.Buffers;
using System.Text;
using Models.Tokens.Unicode;

namespace Models.Tokens.Pipeline;

/// <summary>
/// Finds added tokens in a text, leftmost first and of those the longest, as HF tokenizers does. A trie tried at each place
/// where a token can begin; contents are at most <see cref="LongestContent"/> characters, so the time is linear in the text.
/// Immutable and safe for several threads.
/// </summary>
internal sealed class AddedTokenMatcher
{
    /// <summary>Longer contents are refused: they would make matching slow, and no published tokenizer has them.</summary>
    public const int LongestContent = 512;

    private readonly Dictionary<(int Node, char Next), int> _edges = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly SearchValues<char> _firsts;

    /// <summary>Builds the matcher over tokens and the text each is found by.</summary>
    /// <exception cref="TokenizerException">A text is too long.</exception>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
            Add(text, token);
        _firsts = SearchValues.Create([.. _edges.Keys.Where(edge => edge.Node == 0).Select(edge => edge.Next)]);
    }

    /// <summary>Appends the tokens found in a text and the parts between them, in order; no part is empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">Whether special tokens are matched too.</param>
    /// <param name="parts">Where the parts go: a token, or null and the text that is none.</param>
    public void Split(ReadOnlyMemory<char> text, bool special, List<(AddedToken? Token, ReadOnlyMemory<char> Text)> parts)
    {
        var span = text.Span;
        var done = 0;
        for (var at = 0; FindNext(span, at, special) is var (token, start, end); at = end)
        {
            if (token.SingleWord && (EndsWithWord(span[..start]) || StartsWithWord(span[end..])))
                continue;
            if (token.StripLeft)
                start = done + span[done..start].TrimEnd().Length;
            if (token.StripRight)
                end = span.Length - span[end..].TrimStart().Length;
            if (done < start)
                parts.Add((null, text[done..start]));
            parts.Add((token, text[start..end]));
            done = end;
        }
        if (done < text.Length)
            parts.Add((null, text[done..]));
    }

    private void Add(string text, AddedToken token)
    {
        if (text.Length > LongestContent)
            throw new TokenizerException($"The tokenizer has an added token of {text.Length} characters; at most {LongestContent} are supported.");
        var node = 0;
        foreach (var next in text)
        {
            if (!_edges.TryGetValue((node, next), out var child))
            {
                _edges[(node, next)] = child = _ends.Count;
                _ends.Add(null);
            }
            node = child;
        }
        if (node != 0)
            _ends[node] = token;
    }

    private (AddedToken Token, int Start, int End)? FindNext(ReadOnlySpan<char> text, int from, bool special)
    {
        for (var start = from; start < text.Length; start++)
        {
            var skip = text[start..].IndexOfAny(_firsts);
            if (skip < 0)
                return null;
            start += skip;
            (AddedToken, int, int)? longest = null;
            var node = 0;
            for (var at = start; at < text.Length && _edges.TryGetValue((node, text[at]), out node); at++)
                if (_ends[node] is { } token && (special || !token.Special))
                    longest = (token, start, at + 1);
            if (longest is not null)
                return longest;
        }
        return null;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var last, out _) == OperationStatus.Done && CharacterClasses.IsWord(last);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var first, out _) == OperationStatus.Done && CharacterClasses.IsWord(first);
}
