using TestKit;

namespace EndToEnd;

/// <summary>A test of the model that the program carries; skips where it was built without one.</summary>
public sealed class BuiltInFactAttribute : FactAttribute
{
    /// <summary>Creates it.</summary>
    public BuiltInFactAttribute()
    {
        if (PackedBytes == 0) Skip = "The program was built without a built-in model: models/builtin has no weights.";
    }

    /// <summary>Bytes of the packed model; 0 where there is none.</summary>
    public static long PackedBytes { get; } = new FileInfo(Path.Combine(Repository.Root, "artifacts", "builtin.model")) is { Exists: true } packed ? packed.Length : 0;
}
