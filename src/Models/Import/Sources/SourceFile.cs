namespace Models.Import.Sources;

/// <summary>Kinds of files a person may ask to import.</summary>
internal enum SourceFileKind
{
    Unknown,
    Gguf,
    Llama2c,
    Safetensors,
    Zip,
}

/// <summary>Tells a model file's kind by its first bytes, since registries store files under any name; only llama2.c's has no mark of its own.</summary>
internal static class SourceFile
{
    /// <summary>The kind of a file.</summary>
    /// <exception cref="ImportException">The file cannot be read or is empty.</exception>
    public static SourceFileKind KindOf(string path)
    {
        Span<byte> start = stackalloc byte[4];
        int length;
        try
        {
            using var file = File.OpenRead(path);
            length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"Cannot read {path}: {e.Message}", e);
        }
        if (length == 0) throw new ImportException($"{path} is empty. Fetch it again.");
        if (start.SequenceEqual("GGUF"u8)) return SourceFileKind.Gguf;
        if (start.SequenceEqual("PK\u0003\u0004"u8)) return SourceFileKind.Zip;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".bin" => SourceFileKind.Llama2c,
            ".safetensors" => SourceFileKind.Safetensors,
            _ => SourceFileKind.Unknown,
        };
    }
}
