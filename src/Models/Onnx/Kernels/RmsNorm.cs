using System.Runtime.Intrinsics;

namespace Models.Onnx.Kernels;

/// <summary>SkipSimplifiedLayerNormalization of one row.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>sum = a + b; normal = sum / √(mean of sum² + epsilon) · weight. The columns are a multiple of 8.</summary>
    public static void AddAndNormalize(float* a, float* b, float* weight, float epsilon, int columns, float* sum, float* normal)
    {
        Vector256<float> squares = default;
        for (var i = 0; i < columns; i += 8)
        {
            var value = Vector256.Load(a + i) + Vector256.Load(b + i);
            value.Store(sum + i);
            squares += value * value;
        }
        var factor = Vector256.Create(1 / MathF.Sqrt(Vector256.Sum(squares) / columns + epsilon));
        for (var i = 0; i < columns; i += 8) (Vector256.Load(sum + i) * factor * Vector256.Load(weight + i)).Store(normal + i);
    }
}
