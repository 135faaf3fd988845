using System.Runtime.Intrinsics;
using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019): moments of the gradients, and weights of matrices that decay by themselves. Where the plan says so the
/// matrices between layers follow <see cref="Muon"/>.
/// </summary>
/// <param name="table">Where the parameters lie.</param>
internal sealed unsafe class AdamW(ParameterTable table) : IDisposable
{
    private const float Beta1 = 0.9f, Beta2 = 0.95f, Epsilon = 1e-8f;
    private const int Piece = 16 * 1024;
    private readonly Muon _muon = new(table);

    /// <summary>The mean of the gradients.</summary>
    public FloatBlock First { get; } = new(table.Length);

    /// <summary>The mean of their squares.</summary>
    public FloatBlock Second { get; } = new(table.Length);

    /// <summary>Takes a step.</summary>
    /// <param name="weights">The weights; they change.</param>
    /// <param name="gradients">Their gradients, which are zero afterwards.</param>
    /// <param name="step">Which step it is, from 1.</param>
    /// <param name="rate">How far a step goes.</param>
    /// <param name="decay">What part of a matrix's weights goes with each step, times the rate.</param>
    /// <param name="clip">Gradients that are longer than this in all are shortened to it.</param>
    /// <param name="isMuon">True where matrices follow Muon.</param>
    /// <returns>How long they were.</returns>
    public double Step(FloatBlock weights, FloatBlock gradients, int step, float rate, float decay, float clip, bool isMuon = false)
    {
        var length = Math.Sqrt(SquaredLength(gradients));
        var shorten = length > clip ? (float)(clip / length) : 1;
        var (bias1, bias2) = (1 - MathF.Pow(Beta1, step), 1 - MathF.Pow(Beta2, step));
        foreach (var parameter in table.All)
        {
            if (isMuon && Muon.IsFor(parameter))
            {
                _muon.Step(parameter, weights, gradients, First, shorten, rate, decay);
                continue;
            }
            var decays = parameter.Kind is ParameterKind.Gain ? 0 : decay * rate;
            Parallel.For(0, (int)((parameter.Length + Piece - 1) / Piece), piece =>
            {
                var from = parameter.Offset + (long)piece * Piece;
                // What lies between two parameters is zero and stays so.
                var count = Math.Min(Piece, parameter.Offset + (parameter.Length + 15) / 16 * 16 - from);
                float* w = weights.Data + from, g = gradients.Data + from, m = First.Data + from, v = Second.Data + from;
                for (var i = 0L; i < count; i += 16)
                {
                    var slope = Vector512.Load(g + i) * shorten;
                    var first = Vector512.Load(m + i) * Beta1 + slope * (1 - Beta1);
                    var second = Vector512.Load(v + i) * Beta2 + slope * slope * (1 - Beta2);
                    var by = first / bias1 / (Vector512.Sqrt(second / bias2) + Vector512.Create(Epsilon));
                    var weight = Vector512.Load(w + i);
                    (weight - by * rate - weight * decays).Store(w + i);
                    first.Store(m + i);
                    second.Store(v + i);
                    Vector512<float>.Zero.Store(g + i);
                }
            });
        }
        return length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _muon.Dispose();
        First.Dispose();
        Second.Dispose();
    }

    private static double SquaredLength(FloatBlock block)
    {
        var sums = new double[(block.Length + Piece - 1) / Piece];
        Parallel.For(0, sums.Length, piece =>
        {
            var sum = 0.0;
            for (var i = (long)piece * Piece; i < Math.Min(block.Length, (piece + 1L) * Piece); i++) sum += (double)block.Data[i] * block.Data[i];
            sums[piece] = sum;
        });
        return sums.Sum();
    }
}
