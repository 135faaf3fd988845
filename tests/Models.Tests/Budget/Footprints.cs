using Models.Budget;
using Models.Onnx.Attention;

namespace Models.Tests.Budget;

/// <summary>Models that are only numbers.</summary>
internal static class Footprints
{
    /// <summary>The shape of Qwen2.5-0.5B in int4.</summary>
    public static ModelFootprint Half { get; } = new()
    {
        MappedBytes = 273L << 20,
        PrivateBytes = 17L << 20,
        TokenizerBytes = 60L << 20,
        ActivationBytesPerToken = 194_560,
        LogitsBytes = 607_744,
        MatrixWeights = 494_000_000,
        KvHeads = 48,
        HeadSize = 64,
        ContextLength = 32_768,
    };

    /// <summary>Any model: every size from tiny to large.</summary>
    public static ModelFootprint Random(Random random) => new()
    {
        MappedBytes = Size(random, 1 << 20, 4L << 30),
        PrivateBytes = Size(random, 1, 4L << 30),
        TokenizerBytes = Size(random, 1, 80L << 20),
        ActivationBytesPerToken = Size(random, 1000, 1_000_000),
        LogitsBytes = Size(random, 1000, 800_000),
        MatrixWeights = Size(random, 100_000, 8_000_000_000),
        KvHeads = random.Next(1, 300),
        HeadSize = random.Next(1, 33) * 8,
        ContextLength = (int)Size(random, 16, 1 << 20),
    };

    public static MemoryWishes Wishes(Random random) => new()
    {
        ContextLength = random.Next(3) == 0 ? (int)Size(random, 1, 1 << 20) : null,
        Sequences = random.Next(3) == 0 ? random.Next(1, 20) : null,
        KvType = random.Next(4) == 0 ? (KvType)random.Next(3) : null,
        PrefillChunk = random.Next(3) == 0 ? random.Next(1, 2048) : null,
    };

    /// <summary>Between the two, small sizes as likely as large ones.</summary>
    public static long Size(Random random, long from, long to) => (long)(from * Math.Pow((double)to / from, random.NextDouble()));
}
