using System.Text;

namespace Models.Tokens.Subwords;

/// <summary>
/// Byte-pair encoding. Byte-level (GPT-2): a word is its UTF-8 bytes. SentencePiece-style: a word is its characters, and a
/// character the vocabulary lacks becomes byte tokens or the unknown token.
/// </summary>
internal sealed class BpeModel : SubwordModel
{
    /// <summary>What merges into what.</summary>
    public required MergeTable Merges { get; init; }

    /// <summary>By byte, the id a byte starts as, or -1: single-byte tokens of a byte-level vocabulary; null for a character-level one.</summary>
    public int[]? ByteSymbols { get; init; }

    /// <summary>By byte, the ids of <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, or -1; null where bytes are not a fallback.</summary>
    public int[]? FallbackBytes { get; init; }

    /// <summary>The token of what cannot be encoded; -1 leaves it out.</summary>
    public int Unknown { get; init; } = -1;

    /// <summary>Whether a run of unknown characters is one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a whole piece that is a token is that token, whatever the merges say (Llama 3).</summary>
    public bool IgnoreMerges { get; init; }

    /// <inheritdoc/>
    public override void Encode(List<ReadOnlyMemory<char>> pieces, List<int> ids)
    {
        var chain = new SymbolChain(Merges);
        var utf8 = new byte[256];
        foreach (var piece in pieces)
        {
            if (utf8.Length < 3 * piece.Length)
                utf8 = new byte[3 * piece.Length];
            var word = utf8.AsSpan(0, Encoding.UTF8.GetBytes(piece.Span, utf8));
            if (IgnoreMerges && Vocabulary.Find(word) is var whole and >= 0)
            {
                ids.Add(whole);
                continue;
            }
            chain.Clear();
            if (ByteSymbols is null)
                AddCharacters(word, chain);
            else
                AddBytes(word, ByteSymbols, chain);
            chain.MergeInto(ids);
        }
    }

    private void AddBytes(ReadOnlySpan<byte> word, int[] symbols, SymbolChain chain)
    {
        var afterUnknown = false;
        foreach (var value in word)
            AddSymbol(symbols[value], chain, ref afterUnknown);
    }

    private void AddCharacters(ReadOnlySpan<byte> word, SymbolChain chain)
    {
        var afterUnknown = false;
        while (word.Length > 0)
        {
            Rune.DecodeFromUtf8(word, out _, out var length);
            var character = word[..length];
            word = word[length..];
            var id = Vocabulary.Find(character);
            if (id < 0 && HasFallback(character))
                foreach (var value in character)
                    AddSymbol(FallbackBytes![value], chain, ref afterUnknown);
            else
                AddSymbol(id, chain, ref afterUnknown);
        }
    }

    private bool HasFallback(ReadOnlySpan<byte> character)
    {
        if (FallbackBytes is null)
            return false;
        foreach (var value in character)
            if (FallbackBytes[value] < 0)
                return false;
        return true;
    }

    private void AddSymbol(int id, SymbolChain chain, ref bool afterUnknown)
    {
        var unknown = id < 0;
        if (!unknown)
            chain.Add(id);
        else if (Unknown >= 0 && !(afterUnknown && FuseUnknown))
            chain.Add(Unknown);
        afterUnknown = unknown;
    }
}
