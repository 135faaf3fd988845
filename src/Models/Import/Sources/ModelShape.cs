namespace Models.Import.Sources;

/// <summary>What a decoder looks like, as its source states it.</summary>
internal sealed record ModelShape
{
    // cos and sin tables take context × rotary size × 4 bytes; no box this runs on holds the KV of more.
    private const int LongestContext = 262_144;

    /// <summary>llama, qwen2, qwen3 or phi3.</summary>
    public required string Architecture { get; init; }

    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    public required int Heads { get; init; }

    /// <summary>Key and value heads; query heads share them in groups.</summary>
    public required int KvHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int FeedForwardSize { get; init; }

    /// <summary>Rows of the embedding table.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest context, tokens; at most 262,144, the length of the rotation tables written.</summary>
    public required int ContextLength { get; init => field = Math.Min(value, LongestContext); }

    /// <summary>Added under the root of RMSNorm.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Rotary position embedding.</summary>
    public required Rope Rope { get; init; }

    /// <summary>True where rotation pairs neighbours (2i, 2i + 1) as llama2.c and GGUF's llama do, false for (i, i + half).</summary>
    public bool InterleavedRope { get; init; }

    /// <summary>True where queries and keys are normalised per head (Qwen3).</summary>
    public bool HasHeadNorms { get; init; }

    /// <summary>True where the output projection is the embedding table.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Each token sees itself and this many less one before it; null sees all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Refuses impossible dimensions before anything is allocated by them.</summary>
    /// <exception cref="ImportException">A dimension is out of range; the message names it.</exception>
    public void Validate(string path)
    {
        Require(Layers is > 0 and <= 4096, $"{Layers} layers");
        Require(HiddenSize > 0, $"a hidden size of {HiddenSize}");
        Require(Heads > 0 && KvHeads > 0 && Heads % KvHeads == 0, $"{Heads} heads over {KvHeads} key-value heads");
        Require(HeadSize is > 0 and <= 1024 && (long)Heads * HeadSize <= int.MaxValue / 4, $"{Heads} heads of {HeadSize}");
        Require(FeedForwardSize > 0, $"a feed-forward size of {FeedForwardSize}");
        Require(VocabularySize > 0, $"a vocabulary of {VocabularySize} tokens");
        Require(ContextLength > 0, $"a context of {ContextLength} tokens");
        Require(Epsilon is >= 0 and < 1, $"a norm epsilon of {Epsilon}");
        Require(SlidingWindow is null or > 0, $"a sliding window of {SlidingWindow}");
        Require(Rope.Half > 0 && Rope.Half * 2 <= HeadSize, $"rotary embedding over {Rope.Half * 2} of {HeadSize} dimensions");

        void Require(bool condition, string what)
        {
            if (!condition) throw new ImportException($"{path} claims {what}, which cannot be: it is damaged. Fetch it again.");
        }
    }
}
