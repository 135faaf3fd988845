namespace Models.Tests.Onnx.Kernels;

/// <summary>A random int4 matrix as MatMulNBits stores it, and its product in plain arithmetic.</summary>
internal sealed class StoredInt4
{
    private readonly Random _random;

    public StoredInt4(int rows, int columns, int seed)
    {
        (Rows, Columns, _random) = (rows, columns, new Random(seed));
        // Read ahead and loads of whole vectors may touch what follows; nothing may depend on it.
        Weights = new byte[rows * columns / 2 + 64];
        _random.NextBytes(Weights);
        Scales = [.. Enumerable.Range(0, rows * columns / 32).Select(_ => (Half)((_random.NextDouble() - 0.5) * 0.1))];
        // Subnormal, zero and negative scales are as good as any.
        Scales[0] = BitConverter.UInt16BitsToHalf(0x8003);
        Scales[^1] = default;
    }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>[rows, blocks, 16].</summary>
    public byte[] Weights { get; }

    /// <summary>[rows, blocks].</summary>
    public Half[] Scales { get; }

    /// <summary>Random activations [count, columns].</summary>
    public float[] Activations(int count) => [.. Enumerable.Range(0, count * Columns).Select(_ => (float)(_random.NextDouble() * 2 - 1))];

    /// <summary>Σ (nibble − 8) · scale · quantized x, block by block, as the kernels quantize.</summary>
    public double Product(float[] x, int row, int output)
    {
        var sum = 0.0;
        for (var block = 0; block < Columns / 32; block++)
        {
            var values = x.AsSpan(row * Columns + block * 32, 32);
            var largest = 0f;
            foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
            var step = largest / 127;
            var products = 0;
            for (var i = 0; i < 32; i++)
            {
                var nibble = Weights[(output * (Columns / 32) + block) * 16 + i / 2] >> (i & 1) * 4 & 15;
                products += (nibble - 8) * (step > 0 ? (int)MathF.Round(values[i] * (1 / step)) : 0);
            }
            sum += (double)products * step * (float)Scales[output * (Columns / 32) + block];
        }
        return sum;
    }
}
