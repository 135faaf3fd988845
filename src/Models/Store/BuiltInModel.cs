using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Models.Store;

/// <summary>
/// The model that is part of this program: a resource, unpacked once into a content-addressed folder of the home, for the engine maps its
/// weights from a file. Two processes may unpack at the same time: each fills a folder of its own and renames it into place. It takes no
/// memory until it is used, and what lies on the disk is checked by its SHA-256 then. Safe for several threads.
/// </summary>
/// <remarks>
/// The resource is the length of a manifest (uint32, low byte first), the manifest, and the files it names one after another. What
/// <c>trainer pack</c> makes of <c>models/builtin</c> when the program is built.
/// </remarks>
public sealed class BuiltInModel
{
    /// <summary>Its name; no other model is installed by it.</summary>
    public const string Name = "builtin";

    /// <summary>Set to 0, false, no or off it leaves the model out: where none is installed, none answers.</summary>
    public const string Variable = "APPLIANCE_BUILTIN";

    private const string Resource = "builtin.model";

    private static readonly Lazy<BuiltInModel?> Carried = new(() => typeof(BuiltInModel).Assembly.GetManifestResourceInfo(Resource) is null ? null
        : new(() => typeof(BuiltInModel).Assembly.GetManifestResourceStream(Resource)!));

    private readonly Lock _looking = new();
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly Func<Stream> _open;
    private readonly int _filesAt;
    private readonly string _content;

    private BuiltInModel(Func<Stream> open)
    {
        _open = open;
        using var resource = open();
        var head = new byte[sizeof(uint)];
        resource.ReadExactly(head);
        var manifest = new byte[BinaryPrimitives.ReadUInt32LittleEndian(head)];
        resource.ReadExactly(manifest);
        _filesAt = head.Length + manifest.Length;
        Manifest = JsonSerializer.Deserialize(manifest, ModelManifestJson.Default.ModelManifest)! with { InstalledAt = WhenProgramCame() };
        _content = Convert.ToHexStringLower(SHA256.HashData(manifest))[..16];
    }

    /// <summary>The one in this program; null where it was built without, or its owner wants none.</summary>
    public static BuiltInModel? Here => Environment.GetEnvironmentVariable(Variable)?.ToLowerInvariant() is "0" or "false" or "no" or "off" ? null : Carried.Value;

    /// <summary>What it is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>A packed model in a file, for tests.</summary>
    internal static BuiltInModel FromFile(string path) => new(() => File.OpenRead(path));

    /// <summary>
    /// It as an installed model of a home; it is unpacked where it is not yet. What was unpacked before is read through once by each program that uses it,
    /// and what is not as this program has it is unpacked anew: a bit that turned over would not be an error but nonsense in answers.
    /// </summary>
    /// <exception cref="StoreException">No disk takes it, or the program is damaged.</exception>
    public InstalledModel In(string home)
    {
        var folder = FolderIn(home);
        lock (_looking)
        {
            if (!_whole.Contains(folder) || !Directory.Exists(folder))
            {
                try
                {
                    if (Directory.Exists(folder)) Unpack(folder);
                    else UnpackAnew(folder);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new StoreException($"The built-in model cannot be unpacked into {folder}: {e.Message} Free some space, or set APPLIANCE_HOME to a disk that takes it.", e);
                }
                _whole.Add(folder);
            }
        }
        return new InstalledModel(Manifest, folder);
    }

    /// <summary>It as it will be installed, without unpacking it.</summary>
    internal InstalledModel ToShow(string home) => new(Manifest, FolderIn(home));

    // Named by what is in it, for the manifest has its files' hashes: a program with another model unpacks another folder.
    private string FolderIn(string home) => Path.Combine(home, "cache", Name, _content);

    private static DateTimeOffset WhenProgramCame() => Environment.ProcessPath is { } program && File.Exists(program) ? File.GetLastWriteTimeUtc(program) : DateTimeOffset.UnixEpoch;

    private void UnpackAnew(string folder)
    {
        var own = HomeFolder.EnsureFolder($"{folder}.{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            Unpack(own);
            // Another process may have been faster.
            if (!Directory.Exists(folder)) Directory.Move(own, folder);
            Disk.SyncFolder(Path.GetDirectoryName(folder)!);
            RemoveOthers(folder);
        }
        catch (IOException) when (Directory.Exists(folder)) { }
        finally
        {
            Disk.Delete(own);
        }
    }

    // Writes what is not there as the manifest has it, each file beside its place first: whoever has the damaged one mapped keeps that.
    private void Unpack(string folder)
    {
        var at = (long)_filesAt;
        var isChanged = false;
        foreach (var file in Manifest.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!IsWhole(path, file))
            {
                var next = $"{path}.{Guid.NewGuid():N}";
                try
                {
                    Write(next, file, at);
                    File.Move(next, path, overwrite: true);
                }
                finally
                {
                    File.Delete(next);
                }
                isChanged = true;
            }
            at += file.Size;
        }
        if (isChanged) Disk.SyncFolder(folder);
    }

    private void Write(string path, ModelFile file, long at)
    {
        using var resource = _open();
        resource.Position = at;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = new byte[1 << 16];
        int read;
        for (var left = file.Size; left > 0 && (read = resource.Read(buffer, 0, (int)Math.Min(left, buffer.Length))) > 0; left -= read)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            target.Write(buffer.AsSpan(0, read));
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256) throw new StoreException("The built-in model in this program is damaged. Copy the program again, or build it anew.");
        target.Flush(flushToDisk: true);
    }

    private static bool IsWhole(string path, ModelFile file)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            return stream.Length == file.Size && Disk.Hash(stream, CancellationToken.None) == file.Sha256;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Those of former versions. What another process has mapped of them stays until it ends.
    private static void RemoveOthers(string folder)
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!))
        {
            if (other != folder && !Path.GetFileName(other).Contains('.')) Disk.Delete(other);
        }
    }
}
