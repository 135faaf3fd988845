using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Runtime.Memory.Index;

/// <summary>
/// A vector of length 1 in a byte a number: 4 bytes of scale (float32, little-endian), then signed bytes. Its signature is a bit a number,
/// set where the number is not negative: the share of bits that two signatures have in common grows with the cosine (Charikar 2002).
/// </summary>
internal readonly struct QuantizedVector
{
    /// <summary>Bytes before the numbers.</summary>
    public const int Head = sizeof(float);

    /// <summary>A stored vector.</summary>
    public QuantizedVector(byte[] bytes) => Bytes = bytes;

    /// <summary>Quantizes.</summary>
    public QuantizedVector(ReadOnlySpan<float> vector)
    {
        var most = 0f;
        foreach (var x in vector) most = Math.Max(most, Math.Abs(x));
        var scale = most > 0 ? most / sbyte.MaxValue : 1;
        Bytes = new byte[Head + vector.Length];
        BinaryPrimitives.WriteSingleLittleEndian(Bytes, scale);
        var numbers = MemoryMarshal.Cast<byte, sbyte>(Bytes.AsSpan(Head));
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (sbyte)MathF.Round(vector[i] / scale);
    }

    /// <summary>As it is stored.</summary>
    public byte[] Bytes { get; }

    /// <summary>How many numbers it has.</summary>
    public int Dimensions => Bytes.Length - Head;

    /// <summary>The cosine of two vectors of the same dimensions.</summary>
    public float Dot(QuantizedVector other)
    {
        var a = Numbers;
        var b = other.Numbers;
        var sum = Vector<int>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(a[i..]), out var a0, out var a1);
            Vector.Widen(new Vector<sbyte>(b[i..]), out var b0, out var b1);
            // 127 · 127 · 2 fits 16 bits.
            Vector.Widen(a0 * b0, out var low0, out var high0);
            Vector.Widen(a1 * b1, out var low1, out var high1);
            sum += low0 + high0 + low1 + high1;
        }
        var total = Vector.Sum(sum);
        for (; i < a.Length; i++) total += a[i] * b[i];
        return total * Scale * other.Scale;
    }

    /// <summary>Adds it, times a factor, to a vector of the same dimensions.</summary>
    public void AddTo(Span<float> sum, float factor)
    {
        var numbers = Numbers;
        for (var i = 0; i < sum.Length; i++) sum[i] += factor * Scale * numbers[i];
    }

    /// <summary>A bit a number, in whole words of 64.</summary>
    public byte[] Signature()
    {
        var bits = new byte[(Dimensions + 63) / 64 * 8];
        var numbers = Numbers;
        for (var i = 0; i < numbers.Length; i++)
            if (numbers[i] >= 0) bits[i / 8] |= (byte)(1 << (i % 8));
        return bits;
    }

    private float Scale => BinaryPrimitives.ReadSingleLittleEndian(Bytes);

    private ReadOnlySpan<sbyte> Numbers => MemoryMarshal.Cast<byte, sbyte>(Bytes.AsSpan(Head));
}
