namespace Runtime.Skills.Installing;

/// <summary>An archive that is being sent. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Slug">The name of the skill in it, as its sender says.</param>
/// <param name="Size">Bytes it is to have.</param>
/// <param name="ExpiresAtMs">When it is forgotten, Unix milliseconds.</param>
public sealed record SkillUpload(string Id, string Slug, long Size, long ExpiresAtMs)
{
    /// <summary>The SHA-256 its sender announced, or null.</summary>
    public string? Expected { get; init; }

    /// <summary>Bytes that have come.</summary>
    public long Received { get; init; }

    /// <summary>SHA-256 of the whole archive, hexadecimal; null until it is whole.</summary>
    public string? Sha256 { get; init; }
}
