using Microsoft.Win32.SafeHandles;

namespace TestKit.PowerCuts;

/// <summary>
/// What was written to a disk, in order, and when the disk was told to keep it. From that, what could be on the disk after a power cut at any
/// moment: all that was written before the last flush, and of what came after it any part, in any order. All of it is in files, so that
/// tests beside it that measure this process's memory see none of it. Safe for several threads.
/// </summary>
internal sealed class WriteLog : IDisposable
{
    private const int Sector = 512;

    private readonly Lock _lock = new();
    private readonly string _before;
    private readonly SafeFileHandle _now, _data;
    private readonly List<(long Offset, int Length, long At)> _log = [];
    private long _end;

    /// <summary>A disk that begins as a file.</summary>
    /// <param name="folder">Where files go.</param>
    /// <param name="before">The disk as it is before.</param>
    public WriteLog(string folder, string before)
    {
        (_before, Size) = (before, (int)new FileInfo(before).Length);
        File.Copy(before, Path.Combine(folder, "now"));
        _now = File.OpenHandle(Path.Combine(folder, "now"), FileMode.Open, FileAccess.ReadWrite);
        _data = File.OpenHandle(Path.Combine(folder, "log"), FileMode.CreateNew, FileAccess.ReadWrite);
    }

    /// <summary>How large the disk is, bytes.</summary>
    public int Size { get; }

    /// <summary>The moment of now.</summary>
    public int Position
    {
        get { lock (_lock) return _log.Count; }
    }

    public void Read(long offset, Span<byte> into)
    {
        lock (_lock) RandomAccess.Read(_now, into, offset);
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            RandomAccess.Write(_now, data, offset);
            RandomAccess.Write(_data, data, _end);
            _log.Add((offset, data.Length, _end));
            _end += data.Length;
        }
    }

    public void Flush()
    {
        lock (_lock) _log.Add((0, 0, 0));
    }

    /// <summary>Makes the disk after a power cut at a moment; which part of what was not flushed is there is drawn.</summary>
    public void SaveAfter(int position, SeededRandom random, string path)
    {
        File.Copy(_before, path, overwrite: true);
        using var disk = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        lock (_lock)
        {
            var flushed = position == 0 ? -1 : _log.FindLastIndex(position - 1, entry => entry.Length == 0);
            var buffer = new byte[128 * 1024];
            for (var i = 0; i < position; i++)
            {
                var (offset, length, at) = _log[i];
                // What was not flushed is there, or not, or its beginning alone.
                if (i > flushed) length = Sector * random.Next(3) switch { 0 => 0, 1 => length / Sector, _ => random.Next(length / Sector + 1) };
                var data = buffer.AsSpan(0, length);
                RandomAccess.Read(_data, data, at);
                RandomAccess.Write(disk, data, offset);
            }
        }
    }

    public void Dispose()
    {
        _now.Dispose();
        _data.Dispose();
    }
}
