using System.Buffers;
using System.Net.Http.Headers;

namespace Models.Store;

/// <summary>A file to fetch.</summary>
/// <param name="Name">Its file name here, no folders in it.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Size">Bytes, where known; a size no disk has counts as unknown.</param>
/// <param name="Sha256">Lower-case hexadecimal, where known.</param>
internal sealed record RemoteFile(string Name, Uri Address, long? Size, string? Sha256)
{
    /// <summary>Bytes, where known.</summary>
    public long? Size { get; init => field = value is >= 0 and <= 1L << 50 ? value : null; } = Size is >= 0 and <= 1L << 50 ? Size : null;

    /// <summary>Credentials for the address's own host.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>What a refusing status means at this kind of host, for a person; null where it means nothing special.</summary>
    public Func<HttpResponseMessage, string?>? Explain { get; init; }

    /// <summary>A harmless file name for the last part of a remote path: as it is where it is harmless, its ending kept where it is not.</summary>
    public static string LocalName(string path)
    {
        var name = Path.GetFileName(path);
        if (ModelName.IsValid(name) && !name.Contains(':')) return name;
        var ending = Path.GetExtension(name) is { Length: > 1 and <= 12 } given && given.AsSpan(1).IndexOfAnyExcept(Alphanumeric) < 0 ? given : "";
        var stem = ModelName.FromPath(name[..^ending.Length]).Replace(':', '-');
        return stem[..Math.Min(stem.Length, 100)] + ending;
    }

    private static readonly SearchValues<char> Alphanumeric =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

/// <summary>What a reference stands for.</summary>
/// <param name="DefaultName">The model's name unless another is asked for.</param>
/// <param name="Files">What to fetch. A single file is imported itself, several as the folder that holds them.</param>
internal sealed record PullPlan(string DefaultName, IReadOnlyList<RemoteFile> Files)
{
    /// <summary>Licence as the host states it, for files that say nothing themselves.</summary>
    public string? License { get; init; }
}
