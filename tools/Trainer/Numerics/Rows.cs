using System.Runtime.Intrinsics;

namespace Trainer.Numerics;

/// <summary>What happens to one row of numbers, and what its derivative does. Lengths are multiples of 16 where a vector is meant.</summary>
internal static unsafe class Rows
{
    private const int Lanes = 16, Together = 32;

    /// <summary>Shares rows out over the processors, in the same pieces every time.</summary>
    public static void Each(int count, Action<int> row)
    {
        if (count <= Together)
        {
            for (var i = 0; i < count; i++) row(i);
            return;
        }
        Parallel.For(0, (count + Together - 1) / Together, piece =>
        {
            for (var i = piece * Together; i < Math.Min(count, (piece + 1) * Together); i++) row(i);
        });
    }

    /// <summary>The sum of products.</summary>
    public static float Dot(float* x, float* y, int length)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < length; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), sum);
        return Vector512.Sum(sum);
    }

    /// <summary><c>y += x</c>.</summary>
    public static void Add(float* x, float* y, int length)
    {
        for (var i = 0; i < length; i += Lanes) (Vector512.Load(x + i) + Vector512.Load(y + i)).Store(y + i);
    }

    /// <summary>RMSNorm (Zhang and Sennrich 2019): <c>y = x · gain / sqrt(mean(x²) + epsilon)</c>. Gives what x was multiplied by before the gain.</summary>
    public static float Norm(float* x, float* gain, float* y, int length, float epsilon)
    {
        var inverse = 1 / MathF.Sqrt(Dot(x, x, length) / length + epsilon);
        for (var i = 0; i < length; i += Lanes) (Vector512.Load(x + i) * inverse * Vector512.Load(gain + i)).Store(y + i);
        return inverse;
    }

    /// <summary>Adds RMSNorm's derivative by x to <paramref name="dx"/>.</summary>
    public static void NormBack(float* dy, float* x, float* gain, float inverse, float* dx, int length)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < length; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.Load(dy + i) * Vector512.Load(gain + i), Vector512.Load(x + i), sum);
        var along = Vector512.Sum(sum) * inverse * inverse * inverse / length;
        for (var i = 0; i < length; i += Lanes)
            (Vector512.Load(dx + i) + Vector512.Load(dy + i) * Vector512.Load(gain + i) * inverse - Vector512.Load(x + i) * along).Store(dx + i);
    }

    /// <summary>Turns a head by its position (Su et al. 2021), the halves of it paired as transformers does; backwards for the derivative.</summary>
    /// <param name="head">The head's numbers.</param>
    /// <param name="cos">Cosines of this position, half as many as numbers.</param>
    /// <param name="sin">Sines of it.</param>
    /// <param name="size">How many numbers it has; even.</param>
    /// <param name="isBack">True to turn back.</param>
    public static void Rotate(float* head, float* cos, float* sin, int size, bool isBack)
    {
        var half = size / 2;
        for (var i = 0; i < half; i++)
        {
            var (x, y, s) = (head[i], head[i + half], isBack ? -sin[i] : sin[i]);
            head[i] = x * cos[i] - y * s;
            head[i + half] = y * cos[i] + x * s;
        }
    }

    /// <summary>SwiGLU (Shazeer 2020): <c>y = gate · sigmoid(gate) · up</c>, gate and up beside each other.</summary>
    public static void Gate(float* gateUp, float* y, int length)
    {
        for (var i = 0; i < length; i += Lanes)
        {
            var gate = Vector512.Load(gateUp + i);
            (gate / (Vector512<float>.One + Vector512.Exp(-gate)) * Vector512.Load(gateUp + length + i)).Store(y + i);
        }
    }

    /// <summary>SwiGLU's derivative, written over gate and up.</summary>
    public static void GateBack(float* dy, float* gateUp, int length)
    {
        for (var i = 0; i < length; i += Lanes)
        {
            var (gate, up, d) = (Vector512.Load(gateUp + i), Vector512.Load(gateUp + length + i), Vector512.Load(dy + i));
            var sigmoid = Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-gate));
            var silu = gate * sigmoid;
            (d * up * (sigmoid + silu * (Vector512<float>.One - sigmoid))).Store(gateUp + i);
            (d * silu).Store(gateUp + length + i);
        }
    }

    /// <summary>Softmax over the first <paramref name="seen"/> numbers, scaled first; the others become zero. Gives the logarithm of what the powers summed to.</summary>
    public static float Softmax(float* row, int seen, int length, float scale)
    {
        var most = float.NegativeInfinity;
        for (var i = 0; i < seen; i++) most = Math.Max(most, row[i]);
        most *= scale;
        var logSum = most + MathF.Log(Exp(row, seen, scale, most));
        var inverse = MathF.Exp(most - logSum);
        for (var i = 0; i < seen; i++) row[i] *= inverse;
        new Span<float>(row + seen, length - seen).Clear();
        return logSum;
    }

    /// <summary><c>row = e^(row · scale - shift)</c>. Gives the sum.</summary>
    public static float Exp(float* row, int length, float scale, float shift)
    {
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i + Lanes <= length; i += Lanes)
        {
            var power = Vector512.Exp(Vector512.Load(row + i) * scale - Vector512.Create(shift));
            power.Store(row + i);
            sum += power;
        }
        var total = Vector512.Sum(sum);
        for (; i < length; i++) total += row[i] = MathF.Exp(row[i] * scale - shift);
        return total;
    }
}
