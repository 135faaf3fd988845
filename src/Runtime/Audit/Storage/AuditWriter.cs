using System.Buffers.Text;
using System.Text.Json;
using Models;
using Models.Crypto;
using Models.Store;
using Runtime.Audit.Merkle;

namespace Runtime.Audit.Storage;

/// <summary>
/// The one who writes the log: gives records their place in the chain and the tree, and signs checkpoints. What <see cref="Append"/>
/// returns from is on the disk. Not safe for several threads; one process at a time, by a lock.
/// </summary>
internal sealed class AuditWriter : IDisposable
{
    private readonly AuditFolder _folder;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly BoxKey _key;
    private readonly FileStream _lock;
    private FileStream _file;
    private long _segment, _checkpoints, _checkpointSize, _checkpointAt, _first;
    private MerkleFrontier _tree, _inSegment;
    private string _last;

    private AuditWriter(AuditFolder folder, AuditOptions options, TimeProvider time, BoxKey key, FileStream held, AuditState state, FileStream file)
    {
        (_folder, _options, _time, _key, _lock, _file) = (folder, options, time, key, held, file);
        (_segment, _checkpoints, _checkpointSize, _first) = (state.Segment, state.Checkpoints, state.CheckpointSize, state.First);
        (_tree, _inSegment, _last) = (state.Tree, state.InSegment, state.Last);
        // The first signature loads OpenSSL: a box that is asked one thing has no need of it yet.
        _checkpointAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Opens the log of a home; begins it where there is none. A torn last line is cut off, and the log says so.</summary>
    /// <exception cref="ModelException">It cannot be written, or another process writes it.</exception>
    public static AuditWriter Open(string home, AuditOptions options, TimeProvider time)
    {
        var folder = AuditFolder.In(home);
        HomeFolder.EnsureFolder(folder.Path);
        FileStream held;
        try
        {
            held = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new ModelException($"The audit log {folder.Path} is written by another process. Let that one do it, or stop it.", e);
        }
        try
        {
            var dropped = Repair(folder.Checkpoints);
            var segments = folder.Segments();
            if (segments.Count > 0) dropped += Repair(folder.Segment(segments[^1]));
            var state = AuditState.Read(folder);
            var writer = new AuditWriter(folder, options, time, BoxKey.Open(home), held, state, DurableFile.OpenToAppend(folder.Segment(state.Segment)));
            // A power cut may come between a segment's last record and its checkpoint.
            writer.SealIfFull();
            var opened = new AuditEvent(AuditKind.Log, dropped > 0 ? "repaired" : "opened") { Detail = dropped > 0 ? $"{dropped} bytes of an unfinished line were cut off" : null };
            writer.Append([(opened, time.GetUtcNow().ToUnixTimeMilliseconds())]);
            return writer;
        }
        catch (Exception e)
        {
            held.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw new ModelException($"Cannot open the audit log {folder.Path}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Adds events with their times, durably.</summary>
    /// <exception cref="ModelException">They cannot be written, and none of those after the last full segment is in the log.</exception>
    public void Append(IReadOnlyList<(AuditEvent Event, long Ts)> events)
    {
        for (var from = 0; from < events.Count;)
        {
            var count = (int)Math.Min(events.Count - from, AuditFolder.SegmentSize - _inSegment.Size);
            AppendInSegment([.. events.Skip(from).Take(count)]);
            from += count;
            SealIfFull();
        }
        if (_tree.Size > _checkpointSize && Math.Abs(_time.GetUtcNow().ToUnixTimeMilliseconds() - _checkpointAt) >= _options.CheckpointEvery.TotalMilliseconds) Checkpoint(null);
    }

    /// <summary>Vouches for what has come since the last checkpoint.</summary>
    public void CheckpointIfNeeded()
    {
        if (_tree.Size > _checkpointSize) Checkpoint(null);
    }

    /// <summary>Closes the files; what was appended is on the disk already.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private void AppendInSegment(IReadOnlyList<(AuditEvent Event, long Ts)> events)
    {
        var (tree, inSegment, last, end) = (_tree.Copy(), _inSegment.Copy(), _last, _file.Length);
        using var bytes = new MemoryStream();
        foreach (var (happened, ts) in events)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new AuditRecord(_tree.Size, ts, happened.Cut(), _last), AuditJson.Readable.AuditRecord);
            var (line, hash) = CanonicalLine.Hashed(body);
            bytes.Write(line);
            bytes.WriteByte((byte)'\n');
            _tree.Add(hash);
            _inSegment.Add(hash);
            _last = Convert.ToHexStringLower(hash);
        }
        try
        {
            _file.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            _file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Half a line would spoil the next one.
            (_tree, _inSegment, _last) = (tree, inSegment, last);
            _file.SetLength(end);
            throw new ModelException($"Cannot write the audit log {_file.Name}: {e.Message}", e);
        }
    }

    private void SealIfFull()
    {
        if (_inSegment.Size < AuditFolder.SegmentSize) return;
        Checkpoint(Convert.ToHexStringLower(_inSegment.Root));
        _file.Dispose();
        _file = DurableFile.OpenToAppend(_folder.Segment(++_segment));
        _inSegment = new MerkleFrontier();
        RemoveOld();
    }

    private void Checkpoint(string? segment)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var line = Sign(new AuditCheckpoint(_checkpoints, _tree.Size, now, Convert.ToHexStringLower(_tree.Root), _last, _first, segment), _key);
        try
        {
            using var file = DurableFile.OpenToAppend(_folder.Checkpoints);
            file.Write([.. line, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot write {_folder.Checkpoints}: {e.Message}", e);
        }
        (_checkpoints, _checkpointSize, _checkpointAt) = (_checkpoints + 1, _tree.Size, now);
    }

    /// <summary>A checkpoint's line.</summary>
    internal static byte[] Sign(AuditCheckpoint checkpoint, BoxKey key)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(checkpoint, AuditJson.Readable.AuditCheckpoint);
        return CanonicalLine.Signed(body, Base64Url.EncodeToString(key.Sign(SignedText(body))));
    }

    /// <summary>What a checkpoint's signature covers: named, so that it cannot stand for anything else.</summary>
    internal static byte[] SignedText(ReadOnlySpan<byte> body) => [.. "appliance audit checkpoint\n"u8, .. body];

    /// <summary>Takes the oldest segments away until the rest fits. Their hashes stay in the checkpoints that ended them, and a checkpoint says so before.</summary>
    private void RemoveOld()
    {
        var segments = _folder.Segments();
        var sizes = segments.Select(s => new FileInfo(_folder.Segment(s)).Length).ToArray();
        var total = sizes.Sum();
        var gone = 0;
        while (total > _options.MostBytes && gone < segments.Count - 2) total -= sizes[gone++];
        if (gone == 0) return;
        _first = segments[gone] * AuditFolder.SegmentSize;
        var removed = new AuditEvent(AuditKind.Log, "removed") { Count = (long)gone * AuditFolder.SegmentSize, Detail = $"the records before {_first}, to keep to the bound on size" };
        AppendInSegment([(removed, _time.GetUtcNow().ToUnixTimeMilliseconds())]);
        Checkpoint(null);
        for (var i = 0; i < gone; i++) File.Delete(_folder.Segment(segments[i]));
        // Of what is gone only the checkpoint that ended each segment is of use.
        var kept = AuditFolder.Lines(_folder.Checkpoints).Where(l => AuditFolder.ReadCheckpoint(l.Bytes.Span) is not { } c || c.Size > _first || c.Segment is not null);
        DurableFile.Replace(_folder.Checkpoints, kept.SelectMany(l => (byte[])[.. l.Bytes.Span, (byte)'\n']).ToArray());
    }

    private static long Repair(string path)
    {
        if (AuditFolder.Lines(path) is not [.., { IsWhole: false } torn]) return 0;
        using var file = DurableFile.OpenToAppend(path);
        file.SetLength(torn.Offset);
        file.Flush(flushToDisk: true);
        return torn.Bytes.Length;
    }
}
