using System.Security.Cryptography;
using Models.Store;

namespace Appliance.Update.Sources;

/// <summary>Where a release lies: at an address, in a folder, or in a tar file.</summary>
internal abstract class UpdateSource : IDisposable
{
    private const int Piece = 1 << 18;

    /// <summary>How a person knows it.</summary>
    public abstract string Name { get; }

    /// <summary>What is there: a folder or its manifest, or a .tar of both.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="channel">Whose manifest is meant where a folder has several.</param>
    /// <exception cref="UpdateException">There is no release.</exception>
    public static UpdateSource Open(string path, string channel)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists(full)) return full.EndsWith(".tar", StringComparison.Ordinal) ? new TarSource(full) : new FolderSource(full);
        if (!Directory.Exists(full)) throw new UpdateException($"There is no file or folder '{path}'.");
        var own = Path.Combine(full, NameOf(channel));
        if (File.Exists(own)) return new FolderSource(own);
        return Directory.GetFiles(full, "update-*.json") is [var only] ? new FolderSource(only) : throw new UpdateException($"There is no {NameOf(channel)} in {full}.");
    }

    /// <summary>The manifest's name for a channel.</summary>
    public static string NameOf(string channel) => $"update-{channel}.json";

    /// <summary>The manifest and the signature over it, both as they came.</summary>
    /// <exception cref="UpdateException">There is none.</exception>
    public abstract Task<(byte[] Manifest, byte[] Signature)> ReadManifestAsync(CancellationToken cancellation);

    /// <summary>Brings a file here, whole, checked and on the disk; what broke off goes on where the source can.</summary>
    /// <param name="name">Its path below the manifest's folder.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="sha256">Lower-case hexadecimal.</param>
    /// <param name="target">Where to; null only compares it.</param>
    /// <param name="progress">How far it is, or null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Models.ModelException">It is not there, or not what the manifest says.</exception>
    public abstract Task FetchAsync(string name, long size, string sha256, string? target, IProgress<PullProgress>? progress, CancellationToken cancellation);

    /// <inheritdoc/>
    public virtual void Dispose() { }

    /// <summary>Copies what is here already, and compares it on the way.</summary>
    protected static async Task CopyAsync(Stream from, string name, long size, string sha256, string? target, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var to = target is null ? Stream.Null : new FileStream(target, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
        {
            var buffer = new byte[Piece];
            var done = 0L;
            while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
            {
                if ((done += read) > size) break;
                hash.AppendData(buffer.AsSpan(0, read));
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                progress?.Report(new(name, done, size));
            }
            if (done == size && Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256)
            {
                if (to is FileStream file) file.Flush(flushToDisk: true);
                return;
            }
        }
        if (target is not null) File.Delete(target);
        throw new UpdateException($"{name} is not the file that the manifest names: its size or its SHA-256 is another. Nothing was changed.");
    }
}
