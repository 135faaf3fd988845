using System.Numerics;
using System.Runtime.CompilerServices;

namespace Models.Onnx.Kernels;

/// <summary>The exponential function of a vector, for arguments that are not above 0.</summary>
internal static class VectorExp
{
    /// <summary>e^x to within 2 units in the last place; exactly 0 below −87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        // x = n · ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts so that n · ln 2 is exact enough (Cody and Waite 1980). The rest is the
        // Taylor polynomial of degree 6, whose error there is below half a unit in the last place.
        var magic = new Vector<float>(12582912f);
        var clamped = Vector.Max(x, new Vector<float>(-88f));
        var shifted = Vector.FusedMultiplyAdd(clamped, new Vector<float>(1.44269504f), magic);
        var n = shifted - magic;
        var r = Vector.FusedMultiplyAdd(n, new Vector<float>(-0.693145752f), clamped);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(-1.42860677e-6f), r);
        var p = new Vector<float>(1f / 720);
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1f / 120));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1f / 24));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1f / 6));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.5f));
        p = Vector.FusedMultiplyAdd(p, r, Vector<float>.One);
        p = Vector.FusedMultiplyAdd(p, r, Vector<float>.One);
        // 2^n, by its exponent: the integer n stands in the low bits of the shifted value.
        var power = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(shifted) + new Vector<int>(127), 23));
        return Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(-87f)), Vector<float>.Zero, p * power);
    }
}
