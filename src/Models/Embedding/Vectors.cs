namespace Models.Embedding;

/// <summary>Arithmetic of vectors, in one order of operations, so that results are the same on every machine.</summary>
internal static class Vectors
{
    /// <summary>Scales a vector to length 1. False where it has no direction or is not finite.</summary>
    public static bool Normalize(Span<float> vector)
    {
        double sum = 0;
        foreach (var x in vector) sum += (double)x * x;
        if (!double.IsFinite(sum) || sum == 0) return false;
        var length = Math.Sqrt(sum);
        foreach (ref var x in vector) x = (float)(x / length);
        return true;
    }

    /// <summary>The scalar product: of vectors of length 1 their cosine.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
