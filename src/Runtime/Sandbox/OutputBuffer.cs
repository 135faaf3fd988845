using System.Text;

namespace Runtime.Sandbox;

/// <summary>
/// What a command wrote: its beginning and its end where it is longer than what is kept, with the number of bytes left out between. Safe
/// for several threads.
/// </summary>
/// <param name="limit">Bytes that are kept.</param>
public sealed class OutputBuffer(int limit)
{
    private readonly Lock _lock = new();
    private readonly List<byte> _head = [];
    private readonly Queue<byte> _tail = new();

    /// <summary>Bytes written in all.</summary>
    public long Total { get; private set; }

    /// <summary>Takes bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            Total += bytes.Length;
            var fits = Math.Min(bytes.Length, limit / 2 - _head.Count);
            if (fits > 0) _head.AddRange(bytes[..fits]);
            foreach (var value in bytes[Math.Max(fits, bytes.Length - limit / 2)..]) _tail.Enqueue(value);
            while (_tail.Count > limit / 2) _tail.Dequeue();
        }
    }

    /// <summary>The text, malformed UTF-8 replaced, from a place in all that was written; and where it ends.</summary>
    public (string Text, long End) Read(long from = 0)
    {
        lock (_lock)
        {
            var tailStart = Total - _tail.Count;
            var text = new StringBuilder();
            if (from < _head.Count) text.Append(Encoding.UTF8.GetString(_head.ToArray().AsSpan((int)from)));
            var next = Math.Max(from, _head.Count);
            if (tailStart > next) text.Append($"\n[… {tailStart - next} bytes left out …]\n");
            var skip = Math.Max(0, next - tailStart);
            if (skip < _tail.Count) text.Append(Encoding.UTF8.GetString(_tail.ToArray().AsSpan((int)skip)));
            return (text.ToString(), Total);
        }
    }
}
