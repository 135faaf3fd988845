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

    private const int Candidates = 9;

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
        var largest = Math.Abs(values[IndexOfLargest(values)]);
        scale = largest / 127;
        var inverse = scale > 0 ? 1 / scale : 0;
        float error = 0, sum = 0;
        for (var i = 0; i < BlockLength; i++)
        {
            var number = MathF.Round(values[i] * inverse);
            packed[i] = (byte)(number + 128);
            var difference = values[i] - number * scale;
            error += difference * difference;
            sum += values[i] * values[i];
        }
        return (error, sum);
    }

    // The number of largest magnitude becomes −8, near it, or a little beyond: for each of several grids the numbers are rounded and the
    // scale that fits them best is Σ(x·q) / Σ(q²); the grid with the smallest squared error wins.
    private static (float Error, float Sum) QuantizeInt4(ReadOnlySpan<float> values, Span<byte> packed, out float scale)
    {
        var sum = 0f;
        foreach (var value in values) sum += value * value;
        var largest = values[IndexOfLargest(values)];
        if (largest == 0)
        {
            scale = 0;
            packed.Fill(0x88);
            return (0, 0);
        }

        var (best, bestInverse) = (-1f, 0f);
        scale = 0;
        for (var candidate = 0; candidate < Candidates; candidate++)
        {
            var inverse = -(8f + 0.25f * (candidate - Candidates / 2)) / largest;
            var (product, square) = Fit(values, inverse);
            // The error left by the best scale is Σx² − (Σxq)² / Σq².
            if (!(square > 0) || product * product <= best * square) continue;
            best = product * product / square;
            bestInverse = inverse;
            scale = product / square;
        }

        var error = 0f;
        for (var i = 0; i < BlockLength; i += 2)
        {
            var (low, high) = (Round4(values[i], bestInverse), Round4(values[i + 1], bestInverse));
            packed[i / 2] = (byte)(low + 8 | high + 8 << 4);
            var (lowError, highError) = (values[i] - low * scale, values[i + 1] - high * scale);
            error += lowError * lowError + highError * highError;
        }
        return (error, sum);
    }

    private static (float Product, float Square) Fit(ReadOnlySpan<float> values, float inverse)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (product, square) = (Vector<float>.Zero, Vector<float>.Zero);
        foreach (var vector in vectors)
        {
            var number = Vector.Min(Vector.Max(Vector.Round(vector * inverse), new Vector<float>(-8f)), new Vector<float>(7f));
            product += vector * number;
            square += number * number;
        }
        return (Vector.Sum(product), Vector.Sum(square));
    }

    private static int Round4(float value, float inverse) => (int)Math.Clamp(MathF.Round(value * inverse), -8f, 7f);

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var index = 0;
        for (var i = 1; i < values.Length; i++) if (Math.Abs(values[i]) > Math.Abs(values[index])) index = i;
        return index;
    }
}
