namespace Models.Onnx.Attention;

/// <summary>Rotary position embedding (Su et al. 2021) of one head.</summary>
internal static unsafe class Rotation
{
    /// <summary>Writes <paramref name="source"/>, rotated for its position, to <paramref name="target"/>; dimensions past the rotated ones stay.</summary>
    public static void Apply(in AttentionData data, float* source, float* target, int headSize, long position, bool interleaved)
    {
        var half = data.Cos == null ? 0 : data.RotaryHalf;
        float* cos = data.Cos + (position + data.PositionShift) * half, sin = data.Sin + (position + data.PositionShift) * half;
        if (interleaved)
        {
            for (var i = 0; i < half; i++)
            {
                float x = source[2 * i], y = source[2 * i + 1];
                target[2 * i] = x * cos[i] - y * sin[i];
                target[2 * i + 1] = y * cos[i] + x * sin[i];
            }
        }
        else
        {
            for (var i = 0; i < half; i++)
            {
                float x = source[i], y = source[half + i];
                target[i] = x * cos[i] - y * sin[i];
                target[half + i] = y * cos[i] + x * sin[i];
            }
        }
        for (var i = 2 * half; i < headSize; i++) target[i] = source[i];
    }
}
