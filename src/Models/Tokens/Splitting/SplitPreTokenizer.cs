namespace Models.Tokens.Splitting;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">What is matched.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether what lies between the matches counts as matched instead.</param>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts)
    {
        List<(int Start, int End)> pieces = [];
        var matchedBefore = false;
        var done = 0;
        foreach (var (start, end) in pattern.Find(piece.Span))
        {
            if (start > done)
                Add(done, start, matched: invert);
            Add(start, end, matched: !invert);
            done = end;
        }
        if (done < piece.Length)
            Add(done, piece.Length, matched: invert);
        foreach (var (start, end) in pieces)
            parts.Add(piece[start..end]);

        void Add(int start, int end, bool matched)
        {
            var joins = pieces.Count > 0 && behavior switch
            {
                SplitBehavior.Contiguous => matched == matchedBefore,
                SplitBehavior.MergedWithPrevious => matched && !matchedBefore,
                SplitBehavior.MergedWithNext => matchedBefore && !matched,
                _ => false,
            };
            if (joins)
                pieces[^1] = (pieces[^1].Start, end);
            else if (!matched || behavior != SplitBehavior.Removed)
                pieces.Add((start, end));
            matchedBefore = matched;
        }
    }
}
