using System.Formats.Tar;
using Appliance.Update.Manifests;
using Models.Store;

namespace Appliance.Update.Sources;

/// <summary>A release in one tar file, not compressed: what is in it is read where it lies.</summary>
/// <param name="path">Its full path.</param>
internal sealed class TarSource(string path) : UpdateSource
{
    /// <inheritdoc/>
    public override string Name => path;

    /// <inheritdoc/>
    public override async Task<(byte[] Manifest, byte[] Signature)> ReadManifestAsync(CancellationToken cancellation)
    {
        (string Name, byte[] Text)? manifest = null;
        var signatures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await EachAsync(async entry =>
        {
            var name = NameIn(entry);
            if (name.Contains('/') || !name.StartsWith("update-", StringComparison.Ordinal) || entry.Length > ManifestReader.Longest) return false;
            if (name.EndsWith(".json", StringComparison.Ordinal)) manifest ??= (name, await ReadAsync(entry, cancellation));
            else if (name.EndsWith(".json.sig", StringComparison.Ordinal)) signatures[name] = await ReadAsync(entry, cancellation);
            return manifest is not null && signatures.ContainsKey(manifest.Value.Name + ".sig");
        }, cancellation);
        if (manifest is not { } found) throw new UpdateException($"There is no manifest in {path}.");
        return signatures.TryGetValue(found.Name + ".sig", out var signature) ? (found.Text, signature) : throw new UpdateException($"The manifest in {path} is not signed: there is no {found.Name}.sig.");
    }

    /// <inheritdoc/>
    public override async Task FetchAsync(string name, long size, string sha256, string? target, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var found = await EachAsync(async entry =>
        {
            if (NameIn(entry) != name) return false;
            await CopyAsync(entry.DataStream ?? Stream.Null, name, size, sha256, target, progress, cancellation);
            return true;
        }, cancellation);
        if (!found) throw new UpdateException($"{name} is missing in {path}. Nothing was changed.");
    }

    private async Task<bool> EachAsync(Func<TarEntry, Task<bool>> isEnough, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await using var tar = new TarReader(file);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && await isEnough(entry)) return true;
            return false;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new UpdateException($"{path} is no whole tar file: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"Cannot read {path}, or copy what is in it: {e.Message}", e);
        }
    }

    private static string NameIn(TarEntry entry) => entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;

    private static async Task<byte[]> ReadAsync(TarEntry entry, CancellationToken cancellation)
    {
        var bytes = new byte[entry.Length];
        await (entry.DataStream ?? Stream.Null).ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }
}
