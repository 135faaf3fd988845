namespace Models.Tokens.Splitting;

/// <summary>GPT-2's own step: a space in front where asked for, words by GPT-2's rules where asked for, and what comes out is bytes.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool splitWords) : PreTokenizer
{
    private static readonly Gpt2Scanner Words = new();

    /// <inheritdoc/>
    public override bool IsByteLevel => true;

    /// <inheritdoc/>
    public override void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts)
    {
        if (addPrefixSpace && piece.Span is not [' ', ..])
            piece = (" " + piece).AsMemory();
        if (!splitWords)
            parts.Add(piece);
        else
            foreach (var (start, end) in Words.Find(piece.Span))
                parts.Add(piece[start..end]);
    }
}
