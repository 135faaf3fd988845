namespace Models.Tokens.Splitting;

/// <summary>SentencePiece's step: spaces become a visible character, one goes in front, and a word begins at each.</summary>
internal sealed class MetaspacePreTokenizer(Metaspace metaspace, bool split) : PreTokenizer
{
    private readonly SplitPreTokenizer _words = new(new LiteralPattern(metaspace.Replacement.ToString()), SplitBehavior.MergedWithNext, invert: false);

    /// <inheritdoc/>
    public override void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts)
    {
        var text = piece.ToString().Replace(' ', metaspace.Replacement);
        var prepends = metaspace.Prepend == MetaspacePrepend.Always || (metaspace.Prepend == MetaspacePrepend.First && first);
        if (prepends && !text.StartsWith(metaspace.Replacement))
            text = metaspace.Replacement + text;
        if (split)
            _words.Split(text.AsMemory(), first, parts);
        else
            parts.Add(text.AsMemory());
    }
}
