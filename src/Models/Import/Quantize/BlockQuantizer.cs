using System.Numerics;
using System.Runtime.InteropServices;

namespace Models.Import.Quantize;

/// <summary>
/// float32 to blocks of 32 small integers with one float32 scale each, in the layout of ONNX Runtime's MatMulNBits: per block, numbers
/// in order, 4-bit ones two to a byte with the first in the low nibble. A number stands for (stored − zero) × scale, where zero is 8 or
/// 128. Stateless.
/// </summary>
internal static class BlockQuantizer
{
    /// <summary>Numbers that share a scale.</summary>
    public const int BlockLength = 32;

    // Finer or wider grids lower the error of Gaussian weights by less than a thousandth of itself.
    private const int Candidates = 9;
    private const float CandidateStep = 0.25f;

    /// <summary>Blocks of a row; the last one is filled up with zeros.</summary>
    public static int Blocks(int columns) => (columns + BlockLength - 1) / BlockLength;

    /// <summary>Quantizes one row of whole blocks and returns the squared error and the squared sum of the row.</summary>
    public static (double Error, double Sum) Quantize(StoredKind kind, ReadOnlySpan<float> row, Span<byte> packed, Span<float> scales)
    {
        var blockBytes = BlockLength * kind.Bits() / 8;
        double error = 0, sum = 0;
        for (var block = 0; block < scales.Length; block++)
        {
            var values = row.Slice(block * BlockLength, BlockLength);
            var target = packed.Slice(block * blockBytes, blockBytes);
            var (blockError, blockSum) = kind == StoredKind.Int4
                ? QuantizeInt4(values, target, out scales[block])
                : QuantizeInt8(values, target, out scales[block]);
            error += blockError;
            sum += blockSum;
        }
        return (error, sum);
    }

    // The largest magnitude becomes ±127.
    private static (float Error, float Sum) QuantizeInt8(ReadOnlySpan<float> values, Span<byte> packed, out float scale)
    {
        scale = (float)(Half)(Math.Abs(LargestMagnitude(values)) / 127);
        var inverse = 1 / scale;
        // A block of zeros, or of numbers next to nothing.
        if (!float.IsFinite(inverse)) scale = inverse = 0;
        Span<float> numbers = stackalloc float[BlockLength];
        var sums = Round(values, inverse, -127, 127, scale, numbers);
        for (var i = 0; i < BlockLength; i++) packed[i] = (byte)((int)numbers[i] + 128);
        return sums;
    }

    // The number of largest magnitude becomes −8, near it, or a little beyond: for each of several grids the numbers are rounded and the
    // scale that fits them best is Σ(x·q) / Σ(q²); the grid that leaves the smallest squared error, Σx² − Σ(x·q)² / Σ(q²), wins.
    private static (float Error, float Sum) QuantizeInt4(ReadOnlySpan<float> values, Span<byte> packed, out float scale)
    {
        var largest = LargestMagnitude(values);
        var (best, bestInverse) = (0f, 0f);
        scale = 0;
        for (var candidate = 0; largest != 0 && candidate < Candidates; candidate++)
        {
            var inverse = -(8 + CandidateStep * (candidate - Candidates / 2)) / largest;
            var (product, square) = Fit(values, inverse);
            if (!(product * product > best * square)) continue;
            best = product * product / square;
            bestInverse = inverse;
            scale = (float)(Half)(product / square);
        }

        Span<float> numbers = stackalloc float[BlockLength];
        var sums = Round(values, bestInverse, -8, 7, scale, numbers);
        for (var i = 0; i < BlockLength; i += 2) packed[i / 2] = (byte)((int)numbers[i] + 8 | (int)numbers[i + 1] + 8 << 4);
        return sums;
    }

    private static (float Product, float Square) Fit(ReadOnlySpan<float> values, float inverse)
    {
        var (product, square) = (Vector<float>.Zero, Vector<float>.Zero);
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            var number = Round(vector, inverse, -8, 7);
            product += vector * number;
            square += number * number;
        }
        return (Vector.Sum(product), Vector.Sum(square));
    }

    private static (float Error, float Sum) Round(ReadOnlySpan<float> values, float inverse, float least, float most, float scale, Span<float> numbers)
    {
        var (error, sum) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i < BlockLength; i += Vector<float>.Count)
        {
            var vector = new Vector<float>(values[i..]);
            var number = Round(vector, inverse, least, most);
            number.CopyTo(numbers[i..]);
            var difference = vector - number * scale;
            error += difference * difference;
            sum += vector * vector;
        }
        return (Vector.Sum(error), Vector.Sum(sum));
    }

    private static Vector<float> Round(Vector<float> values, float inverse, float least, float most) =>
        Vector.Min(Vector.Max(Vector.Round(values * inverse), new Vector<float>(least)), new Vector<float>(most));

    // With its sign.
    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        var (least, most) = (Vector<float>.Zero, Vector<float>.Zero);
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            least = Vector.Min(least, vector);
            most = Vector.Max(most, vector);
        }
        float lowest = 0, highest = 0;
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            lowest = Math.Min(lowest, least[i]);
            highest = Math.Max(highest, most[i]);
        }
        return highest >= -lowest ? highest : lowest;
    }
}
