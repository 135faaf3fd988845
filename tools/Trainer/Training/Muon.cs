using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Training;

/// <summary>
/// Muon (Jordan et al. 2024): a matrix steps along its gradients' momentum, made nearly orthogonal by five Newton-Schulz rounds, so that no
/// direction is learnt much faster than another. The step is as long as AdamW's would be (Liu et al. 2025), so both take the same rate.
/// One thread uses it at a time.
/// </summary>
internal sealed unsafe class Muon : IDisposable
{
    private const float Momentum = 0.95f, A = 3.4445f, B = -4.7750f, C = 2.0315f;
    private const int Rounds = 5;
    private readonly FloatBlock _x, _next, _gram, _square;

    /// <summary>Room for the largest matrix of a decoder.</summary>
    public Muon(ParameterTable table)
    {
        var matrices = table.All.Where(IsFor).ToArray();
        var (largest, side) = (matrices.Select(p => (long)p.Length).DefaultIfEmpty().Max(), (long)matrices.Select(p => Math.Min(p.Rows, p.Columns)).DefaultIfEmpty().Max());
        (_x, _next, _gram, _square) = (new(largest), new(largest), new(side * side), new(side * side));
    }

    /// <summary>Whether a parameter is one for Muon: the matrices between layers, not the embedding and no gains.</summary>
    public static bool IsFor(Parameter parameter) => parameter.Kind is ParameterKind.Matrix or ParameterKind.Residual;

    /// <summary>Takes a step of one matrix; its gradients are zero afterwards.</summary>
    /// <param name="parameter">Which matrix.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="momentum">The running sum of gradients.</param>
    /// <param name="shorten">What gradients are multiplied by.</param>
    /// <param name="rate">How far a step goes.</param>
    /// <param name="decay">What part of the weights goes, times the rate.</param>
    public void Step(Parameter parameter, FloatBlock weights, FloatBlock gradients, FloatBlock momentum, float shorten, float rate, float decay)
    {
        float* w = weights.Data + parameter.Offset, g = gradients.Data + parameter.Offset, m = momentum.Data + parameter.Offset;
        var (rows, columns, squares) = (parameter.Rows, parameter.Columns, 0.0);
        var isTall = rows > columns;
        for (var i = 0L; i < parameter.Length; i++)
        {
            m[i] = Momentum * m[i] + shorten * g[i];
            // Nesterov's look ahead.
            var x = Momentum * m[i] + shorten * g[i];
            _x.Data[i] = x;
            squares += (double)x * x;
            g[i] = 0;
        }
        var inverse = (float)(1 / (Math.Sqrt(squares) + 1e-12));
        for (var i = 0L; i < parameter.Length; i++) _x.Data[i] *= inverse;
        var (x0, x1, side) = (_x, _next, Math.Min(rows, columns));
        for (var round = 0; round < Rounds; round++, (x0, x1) = (x1, x0))
        {
            // On the shorter side: X ← aX + (bG + cG²)X with G = XXᵀ, or the same from the right.
            Operand x = new(x0.Data, columns), next = new(x1.Data, columns), gram = new(_gram.Data, side), square = new(_square.Data, side);
            if (isTall) Gemm.MultiplyInParallel(side, side, rows, x.Transposed, x, gram);
            else Gemm.MultiplyInParallel(side, side, columns, x, x.Transposed, gram);
            Gemm.MultiplyInParallel(side, side, side, gram, gram, square);
            for (var i = 0L; i < (long)side * side; i++) _square.Data[i] = B * _gram.Data[i] + C * _square.Data[i];
            for (var i = 0L; i < parameter.Length; i++) x1.Data[i] = A * x0.Data[i];
            if (isTall) Gemm.MultiplyInParallel(rows, columns, side, x, square, next, adds: true);
            else Gemm.MultiplyInParallel(rows, columns, side, square, x, next, adds: true);
        }
        var step = rate * 0.2f * MathF.Sqrt(Math.Max(rows, columns));
        for (var i = 0L; i < parameter.Length; i++) w[i] -= step * x0.Data[i] + decay * rate * w[i];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in (FloatBlock[])[_x, _next, _gram, _square]) block.Dispose();
    }
}
