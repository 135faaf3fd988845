namespace TestKit.PowerCuts;

/// <summary>
/// What was written to a disk, in order, and when the disk was told to keep it. From that, what could be on the disk after a power cut at any
/// moment: all that was written before the last flush, and of what came after it any part, in any order. Safe for several threads.
/// </summary>
/// <param name="content">What was on the disk before.</param>
internal sealed class WriteLog(byte[] content)
{
    private const int Sector = 512;

    private readonly Lock _lock = new();
    private readonly byte[] _before = [.. content];
    private readonly byte[] _now = content;
    private readonly List<(long Offset, byte[]? Data)> _log = [];

    /// <summary>How large the disk is, bytes.</summary>
    public int Size => _now.Length;

    /// <summary>The moment of now.</summary>
    public int Position
    {
        get { lock (_lock) return _log.Count; }
    }

    public void Read(long offset, Span<byte> into)
    {
        lock (_lock) _now.AsSpan((int)offset, into.Length).CopyTo(into);
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            data.CopyTo(_now.AsSpan((int)offset));
            _log.Add((offset, data.ToArray()));
        }
    }

    public void Flush()
    {
        lock (_lock) _log.Add((0, null));
    }

    /// <summary>The disk after a power cut at a moment; which part of what was not flushed is there is drawn.</summary>
    public byte[] After(int position, SeededRandom random)
    {
        lock (_lock)
        {
            var disk = (byte[])_before.Clone();
            var flushed = position == 0 ? -1 : _log.FindLastIndex(position - 1, entry => entry.Data is null);
            foreach (var (offset, data) in _log.Take(Math.Max(flushed, 0))) data?.CopyTo(disk, offset);
            foreach (var (offset, data) in _log.Take(position).Skip(flushed + 1))
            {
                // There, or not, or its beginning alone.
                var sectors = random.Next(3) switch { 0 => 0, 1 => data!.Length / Sector, _ => random.Next(data!.Length / Sector + 1) };
                data.AsSpan(0, sectors * Sector).CopyTo(disk.AsSpan((int)offset));
            }
            return disk;
        }
    }
}
