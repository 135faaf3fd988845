namespace Models.Import.Gguf;

/// <summary>Metadata under the prefix of the file's architecture.</summary>
internal sealed class GgufKeys(GgufMetadata metadata, string architecture, string path)
{
    public string Architecture => architecture;

    public int? FindInt32(string key)
    {
        var name = $"{architecture}.{key}";
        return metadata.FindInteger(name) switch
        {
            null => null,
            >= int.MinValue and <= int.MaxValue and var value => (int)value,
            var value => throw new ImportException($"{path} states {name} as {value}, which cannot be: it is damaged. Fetch it again."),
        };
    }

    public int Int32(string key) => FindInt32(key) ?? throw new ImportException($"{path} lacks the key {architecture}.{key}: it is damaged or made by an old converter.");

    public double? FindNumber(string key) => metadata.FindNumber($"{architecture}.{key}");

    public string? FindString(string key) => metadata.FindString($"{architecture}.{key}");

    /// <summary>Refuses variants of the supported architectures whose computation differs.</summary>
    /// <exception cref="ImportException">The file is such a variant; the message names it.</exception>
    public void RefuseUnsupported()
    {
        if (FindInt32("expert_count") is > 0) throw Unsupported("a mixture of experts");
        foreach (var key in (ReadOnlySpan<string>)["logit_scale", "residual_scale", "embedding_scale", "attention.scale"])
            if (FindNumber(key) is not (null or 0 or 1)) throw Unsupported($"{architecture}.{key}");
    }

    /// <summary>The error for something the graph cannot express.</summary>
    public ImportException Unsupported(string what) => new($"{path} uses {what}, which is not supported.");
}
