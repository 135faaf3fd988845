namespace Models.Store;

/// <summary>
/// What a model may be called: 1 to 128 of <c>A-Z a-z 0-9 . _ - :</c>, beginning with a letter or a digit. Every such name is also a
/// safe folder name, so the folder of a model is called exactly like the model.
/// </summary>
public static class ModelName
{
    /// <summary>Longest name, characters.</summary>
    public const int MaxLength = 128;

    /// <summary>True when the name is a valid one.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsAllowed);

    /// <summary>Returns the name when it is valid.</summary>
    /// <exception cref="StoreException">It is not; the message says what is allowed.</exception>
    public static string Check(string name) => IsValid(name)
        ? name
        : throw new StoreException(
            $"'{Shorten(name)}' cannot be a model's name: use 1 to {MaxLength} letters, digits and . _ - : and begin with a letter or a digit.");

    /// <summary>A name for a model that comes from a file or folder: its name without the ending, other characters replaced by <c>-</c>.</summary>
    /// <param name="path">A path or the path of a URL; only its last part counts.</param>
    public static string FromPath(string path)
    {
        var file = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        foreach (var ending in (ReadOnlySpan<string>)[".gguf", ".bin", ".onnx", ".safetensors"])
        {
            if (file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) file = file[..^ending.Length];
        }
        var name = string.Concat(file.Select(c => IsAllowed(c) ? c : '-')).TrimStart('.', '_', '-', ':');
        return name.Length == 0 ? "model" : name[..Math.Min(name.Length, MaxLength)];
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':';

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40] + "…";
}
