using System.Text;

namespace Models.Tokens.Subwords;

/// <summary>WordPiece as BERT applies it: of each word the longest piece that is a token, then the longest of what is left.</summary>
internal sealed class WordPieceModel : SubwordModel
{
    /// <summary>What a piece inside a word begins with, as UTF-8: <c>##</c>.</summary>
    public required byte[] InnerPrefix { get; init; }

    /// <summary>The token of a word that cannot be put together.</summary>
    public required int Unknown { get; init; }

    /// <summary>Words of more characters are unknown.</summary>
    public required int LongestWord { get; init; }

    /// <inheritdoc/>
    public override void Encode(List<ReadOnlyMemory<char>> pieces, List<int> ids)
    {
        foreach (var piece in pieces)
        {
            var before = ids.Count;
            if (CountRunes(piece.Span) > LongestWord || !TryEncode([.. InnerPrefix, .. Encoding.UTF8.GetBytes(piece.ToString())], ids))
            {
                ids.RemoveRange(before, ids.Count - before);
                ids.Add(Unknown);
            }
        }
    }

    // The word has the inner prefix in front; it moves along in front of what is left.
    private bool TryEncode(byte[] word, List<int> ids)
    {
        for (var start = InnerPrefix.Length; start < word.Length;)
        {
            var first = start == InnerPrefix.Length;
            var from = first ? start : start - InnerPrefix.Length;
            if (!first)
                InnerPrefix.CopyTo(word, from); // over what is encoded already
            var end = word.Length;
            while (end > start && !TryAdd(word.AsSpan(from..end), ids))
                for (end--; end > start && (word[end] & 0xC0) == 0x80; end--) // back to the start of a character
                    ;
            if (end == start)
                return false;
            start = end;
        }
        return true;
    }

    private bool TryAdd(ReadOnlySpan<byte> token, List<int> ids)
    {
        var id = Vocabulary.Find(token);
        if (id >= 0)
            ids.Add(id);
        return id >= 0;
    }

    private static int CountRunes(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
