namespace Appliance.Update.Manifests;

/// <summary>What is in an update.</summary>
internal enum UpdateKind
{
    /// <summary>This program.</summary>
    Binary,

    /// <summary>A root file system, for a box that is updated as a whole.</summary>
    Image,

    /// <summary>A program, models and skills, for a box without a network.</summary>
    Bundle,
}

/// <summary>A release as its signed manifest tells it (docs/update.md). Immutable.</summary>
internal sealed record UpdateManifest
{
    /// <summary>What is in it.</summary>
    public required UpdateKind Kind { get; init; }

    /// <summary>For people.</summary>
    public required string Version { get; init; }

    /// <summary>A number that grows with every release.</summary>
    public required long Release { get; init; }

    /// <summary>The lowest release that this one may follow.</summary>
    public required long From { get; init; }

    /// <summary><c>stable</c> or <c>beta</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>After that it is too old to be believed.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Which key signed it.</summary>
    public required string Key { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<UpdateFile> Files { get; init; }

    /// <summary>Those of one role for a kind of processor.</summary>
    public IEnumerable<UpdateFile> Of(string role, string rid) => Files.Where(file => file.Role == role && file.Rid == rid);
}

/// <summary>A file of a release. Immutable.</summary>
/// <param name="Role"><c>program</c>, <c>model</c>, <c>skill</c>, <c>root</c>, <c>kernel</c> or <c>initrd</c>.</param>
/// <param name="Rid">The processor it is for, such as <c>linux-x64</c>; null where it is for all.</param>
/// <param name="As">The name that a model or a skill is installed by, or null.</param>
/// <param name="Name">Its path below the manifest's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Deltas">How to make it from older ones.</param>
internal sealed record UpdateFile(string Role, string? Rid, string? As, string Name, long Size, string Sha256, IReadOnlyList<UpdateDelta> Deltas);

/// <summary>How a file is made from an older one. Immutable.</summary>
/// <param name="From">SHA-256 of the older file.</param>
/// <param name="Name">The delta's path below the manifest's folder.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its SHA-256.</param>
internal sealed record UpdateDelta(string From, string Name, long Size, string Sha256);
