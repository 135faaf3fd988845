using System.Runtime.InteropServices;

namespace TestKit;

/// <summary>Streams random numbers in ggml's storage kinds.</summary>
public static class RandomWeights
{
    private const int ChunkBlocks = 1 << 14;
    private const int BlockLength = 32;

    /// <summary>Bytes of that many numbers.</summary>
    public static long Bytes(GgufKind kind, long count) => count / BlockLength * BlockBytes(kind) + (kind < GgufKind.Q4_0 ? count % BlockLength * BlockBytes(kind) / BlockLength : 0);

    /// <summary>Writes numbers with the given standard deviation.</summary>
    public static void Write(Stream stream, GgufKind kind, long count, float deviation, SeededRandom random)
    {
        if (kind >= GgufKind.Q4_0 && count % BlockLength != 0) throw new ArgumentException($"{count} is not a multiple of {BlockLength}.");
        var buffer = new byte[ChunkBlocks * BlockBytes(kind)];
        for (var left = count; left > 0; left -= ChunkBlocks * BlockLength)
        {
            var chunk = buffer.AsSpan(0, (int)Bytes(kind, Math.Min(left, ChunkBlocks * BlockLength)));
            random.Fill(buffer);
            if (kind < GgufKind.Q4_0) FillFloats(kind, chunk, deviation, random);
            else SetScales(kind, chunk, deviation);
            stream.Write(chunk);
        }
    }

    private static int BlockBytes(GgufKind kind) => kind switch { GgufKind.F32 => 128, GgufKind.F16 => 64, GgufKind.Q4_0 => 18, _ => 34 };

    // Uniform over ±√3 standard deviations.
    private static void FillFloats(GgufKind kind, Span<byte> chunk, float deviation, SeededRandom random)
    {
        var range = deviation * MathF.Sqrt(3);
        if (kind == GgufKind.F32) foreach (ref var number in MemoryMarshal.Cast<byte, float>(chunk)) number = range * random.NextSigned();
        else foreach (ref var number in MemoryMarshal.Cast<byte, Half>(chunk)) number = (Half)(range * random.NextSigned());
    }

    // Random nibbles are uniform over −8…7 and random bytes over −128…127; the scale brings them to the deviation asked for.
    private static void SetScales(GgufKind kind, Span<byte> chunk, float deviation)
    {
        var scale = (Half)(deviation / (kind == GgufKind.Q4_0 ? 4.61f : 73.9f));
        for (var block = 0; block < chunk.Length; block += BlockBytes(kind)) MemoryMarshal.Write(chunk[block..], in scale);
    }
}
