using System.Numerics;
using System.Runtime.InteropServices;
using Models.Onnx.Kernels;

namespace Models.Generation.Sampling;

/// <summary>The unnormalised probability of every token. Sums are made in the same order on every processor, whatever its vectors hold.</summary>
internal sealed class TokenWeights(int tokens)
{
    private const int BlockTokens = 1024;

    // Lanes of a sum, more than any vector has.
    private const int Lanes = 16;

    private readonly float[] _weights = new float[(tokens + BlockTokens - 1) / BlockTokens * BlockTokens];
    private readonly double[] _blocks = new double[(tokens + BlockTokens - 1) / BlockTokens];

    /// <summary>Sum of all.</summary>
    public double Total { get; private set; }

    /// <summary>Weight of a token.</summary>
    public float this[int token] => _weights[token];

    /// <summary>Computes e^((logit − largest) / temperature), and 0 below the floor.</summary>
    public void Fill(ReadOnlySpan<float> logits, float largest, float floor, float temperature)
    {
        logits.CopyTo(_weights);
        _weights.AsSpan(logits.Length).Fill(float.NegativeInfinity);
        Vector<float> top = new(largest), least = new(floor), scale = new(1 / temperature);
        foreach (ref var vector in MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan()))
            vector = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(vector, least), VectorExp.Exp((vector - top) * scale), Vector<float>.Zero);
        Total = 0;
        for (var block = 0; block < _blocks.Length; block++) Total += _blocks[block] = Sum(_weights.AsSpan(block * BlockTokens, BlockTokens));
    }

    /// <summary>The token at which the sum of the weights up to and including it passes <paramref name="target"/>.</summary>
    public int Find(double target)
    {
        var block = 0;
        for (; block < _blocks.Length - 1 && target >= _blocks[block]; block++) target -= _blocks[block];
        // Rounding may leave a little beyond the block's last token of any weight: then it is that one.
        var last = 0;
        for (var token = block * BlockTokens; token < Math.Min(tokens, (block + 1) * BlockTokens); token++)
        {
            if (_weights[token] == 0) continue;
            last = token;
            target -= _weights[token];
            if (target < 0) break;
        }
        return last;
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        for (var i = 0; i < weights.Length; i += Lanes)
        {
            for (var lane = 0; lane < Lanes; lane += Vector<float>.Count)
                (new Vector<float>(lanes[lane..]) + new Vector<float>(weights[(i + lane)..])).CopyTo(lanes[lane..]);
        }
        var sum = 0.0;
        foreach (var lane in lanes) sum += lane;
        return sum;
    }
}
