using Models.Import.Quantize;

namespace Models.Tests.Import.Quantize;

/// <summary>The numbers stored blocks stand for, by the operator's documentation: (stored − zero) × scale, first number in the low bits.</summary>
internal static class MatMulNBits
{
    public static float[] Numbers(StoredKind kind, ReadOnlySpan<byte> packed, ReadOnlySpan<float> scales)
    {
        var numbers = new float[scales.Length * 32];
        for (var i = 0; i < numbers.Length; i++)
        {
            var stored = kind == StoredKind.Int8 ? packed[i] - 128 : (packed[i / 2] >> 4 * (i % 2) & 15) - 8;
            numbers[i] = stored * scales[i / 32];
        }
        return numbers;
    }
}
