using System.Collections.Concurrent;
using System.Security.Cryptography;
using Models.Store;

namespace Runtime.Skills.Installing;

/// <summary>
/// Archives of skills that a client sends piece by piece: in quarantine, a few at a time, forgotten after an hour or when the program ends.
/// A whole one is then looked at and installed like any other source. Safe for several threads.
/// </summary>
/// <param name="book">The skills there are.</param>
/// <param name="time">The clock.</param>
public sealed class SkillUploads(SkillBook book, TimeProvider time)
{
    /// <summary>How many may be open at once.</summary>
    public const int MostOpen = 4;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Upload> _open = new(StringComparer.Ordinal);

    private string Folder => HomeFolder.EnsureFolder(Path.Combine(book.UserFolder, ".quarantine"));

    /// <summary>Begins one.</summary>
    /// <param name="slug">The skill's name.</param>
    /// <param name="size">Bytes of the archive.</param>
    /// <param name="sha256">Of the archive, hexadecimal; null where it is not known yet.</param>
    /// <exception cref="SkillException">It is too large, or too many are open.</exception>
    public SkillUpload Begin(string slug, long size, string? sha256)
    {
        ForgetOld();
        if (size > SkillArchive.Largest) throw new SkillException($"The archive has {size} bytes; {SkillArchive.Largest} are the most.");
        if (_open.Count >= MostOpen) throw new SkillException($"{MostOpen} archives are being sent already; try again when one of them is installed, or in an hour.");
        var id = Guid.NewGuid().ToString();
        var upload = new Upload(new SkillUpload(id, slug, size, (time.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds()) { Expected = sha256 }, Path.Combine(Folder, $"{id}.upload"));
        _open[id] = upload;
        return upload.State;
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="id">The upload.</param>
    /// <param name="offset">Where it begins: right behind the one before.</param>
    /// <param name="bytes">The piece.</param>
    /// <exception cref="SkillException">There is no such upload, it is whole, or the piece does not fit.</exception>
    public SkillUpload Append(string id, long offset, ReadOnlySpan<byte> bytes)
    {
        var upload = Open(id);
        lock (upload)
        {
            var state = upload.State;
            if (state.Sha256 is not null) throw new SkillException("This upload is whole already.");
            if (offset != state.Received) throw new SkillException($"The next piece begins at {state.Received}, not at {offset}.");
            if (state.Received + bytes.Length > state.Size) throw new SkillException($"More than the {state.Size} bytes that were announced.");
            using (var file = new FileStream(upload.File, FileMode.OpenOrCreate, FileAccess.Write))
            {
                file.SetLength(offset);
                file.Seek(offset, SeekOrigin.Begin);
                file.Write(bytes);
            }
            return upload.State = state with { Received = offset + bytes.Length };
        }
    }

    /// <summary>Ends one that has all its bytes. Nothing is installed by that.</summary>
    /// <exception cref="SkillException">There is no such upload, bytes are missing, or it is not the archive that was announced: it is forgotten then.</exception>
    public SkillUpload Commit(string id, string? sha256)
    {
        var upload = Open(id);
        lock (upload)
        {
            var state = upload.State;
            if (state.Received != state.Size) throw new SkillException($"{state.Size - state.Received} of {state.Size} bytes are missing.");
            using var file = File.OpenRead(upload.File);
            var hash = Convert.ToHexStringLower(SHA256.HashData(file));
            if (new[] { state.Expected, sha256 }.Any(expected => expected is not null && !expected.Equals(hash, StringComparison.OrdinalIgnoreCase)))
            {
                Remove(id);
                throw new SkillException($"What came has the SHA-256 {hash}, not the one that was announced. It was thrown away.");
            }
            return upload.State = state with { Sha256 = hash };
        }
    }

    /// <summary>The archive of one that is whole.</summary>
    /// <exception cref="SkillException">There is no such upload, or it is not whole.</exception>
    public (SkillUpload Upload, string File) Take(string id)
    {
        var upload = Open(id);
        return upload.State.Sha256 is not null ? (upload.State, upload.File) : throw new SkillException("This upload is not committed yet.");
    }

    /// <summary>Forgets one.</summary>
    public void Remove(string id)
    {
        if (_open.TryRemove(id, out var upload)) File.Delete(upload.File);
    }

    private Upload Open(string id)
    {
        ForgetOld();
        return _open.GetValueOrDefault(id) ?? throw new SkillException("There is no upload of that id; it may be older than an hour.");
    }

    private void ForgetOld()
    {
        foreach (var (id, upload) in _open) if (upload.State.ExpiresAtMs <= time.GetUtcNow().ToUnixTimeMilliseconds()) Remove(id);
        // What another run of the program left.
        if (Directory.Exists(book.UserFolder))
            foreach (var file in Directory.EnumerateFiles(Folder, "*.upload").Where(f => !_open.ContainsKey(Path.GetFileNameWithoutExtension(f)) && File.GetLastWriteTimeUtc(f) < DateTime.UtcNow.AddDays(-1))) File.Delete(file);
    }

    private sealed class Upload(SkillUpload state, string file)
    {
        public string File => file;

        public SkillUpload State { get; set; } = state;
    }
}
