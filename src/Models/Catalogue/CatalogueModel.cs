using Models.Budget;

namespace Models.Catalogue;

/// <summary>A model made elsewhere that this program can fetch and run, with what its makers publish of it. Immutable.</summary>
/// <param name="Name">The name it is installed by.</param>
/// <param name="Source">Where it is pulled from, as <c>models pull</c> reads it.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="DownloadBytes">About what is fetched.</param>
/// <param name="Bits">Bits of a weight once it is installed, 4 or 8, for its scales are another.</param>
/// <param name="License">Its licence.</param>
public sealed record CatalogueModel(string Name, string Source, long Parameters, long DownloadBytes, int Bits, string License)
{
    // A tokenizer takes up to 14 times its file, and a file has about 46 bytes for each token.
    private const int TokenizerBytesPerToken = 14 * 46;

    // Of a step, four bytes in several buffers for each column of the widest matrix; ModelFootprint has the measurement.
    private const int ActivationFactor = 40;

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Dimensions of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Columns of its widest matrix.</summary>
    public required int Widest { get; init; }

    /// <summary>Tokens of its vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longest context, tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Bytes of its weights once it is installed; each token reads them all.</summary>
    public long WeightBytes => (long)(Parameters * (Bits / 8.0 + 2.0 / 32));

    /// <summary>What it will need in memory.</summary>
    public ModelFootprint Footprint => new()
    {
        MappedBytes = WeightBytes,
        PrivateBytes = 0,
        TokenizerBytes = (long)Vocabulary * TokenizerBytesPerToken,
        ActivationBytesPerToken = ActivationFactor * (long)Widest,
        LogitsBytes = Vocabulary * (long)sizeof(float),
        MatrixWeights = Parameters,
        KvHeads = Layers * KvHeads,
        HeadSize = HeadSize,
        ContextLength = ContextLength,
    };
}
