using Appliance.Update.Manifests;
using Models.Store;

namespace Appliance.Update.Sources;

/// <summary>A release in a folder, such as a USB disk.</summary>
/// <param name="manifest">Full path of its manifest.</param>
internal sealed class FolderSource(string manifest) : UpdateSource
{
    private readonly string _folder = Path.GetDirectoryName(manifest)!;

    /// <inheritdoc/>
    public override string Name => manifest;

    /// <inheritdoc/>
    public override async Task<(byte[] Manifest, byte[] Signature)> ReadManifestAsync(CancellationToken cancellation)
    {
        try
        {
            if (new FileInfo(manifest).Length > ManifestReader.Longest) throw new UpdateException($"{manifest} is no manifest.");
            var text = await File.ReadAllBytesAsync(manifest, cancellation);
            return new FileInfo(manifest + ".sig") is { Exists: true, Length: <= ManifestReader.Longest } signature
                ? (text, await File.ReadAllBytesAsync(signature.FullName, cancellation)) : throw new UpdateException($"{manifest} is not signed: there is no {Path.GetFileName(manifest)}.sig beside it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"Cannot read {manifest}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override async Task FetchAsync(string name, long size, string sha256, string? target, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            var file = new FileInfo(Path.Combine(_folder, name));
            // Anything else than a file of that size is not opened: some things never end.
            if (!file.Exists || file.Length != size) throw new UpdateException(file.Exists ? $"{name} has {file.Length:N0} bytes, and the manifest says {size:N0}. Nothing was changed." : $"{name} is missing beside the manifest. Nothing was changed.");
            await using var content = file.OpenRead();
            await CopyAsync(content, name, size, sha256, target, progress, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Disk.IsFull(e as IOException ?? new()) ? new UpdateException($"The disk is full: {name} has {ByteSize.Format(size)}. Nothing was changed.", e) : new UpdateException($"Cannot copy {name}: {e.Message}", e);
        }
    }
}
