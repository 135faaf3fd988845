using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Appliance.Http.Mcp;

/// <summary>
/// The events of one stream, kept so that a client whose connection was cut off goes on where it was (SEP-1699): of a long one the last
/// only. Safe for several threads.
/// </summary>
/// <param name="id">Its name in its session.</param>
internal sealed class McpStream(long id)
{
    /// <summary>Most events kept.</summary>
    public const int MostEvents = 64;

    private readonly Lock _lock = new();
    private readonly Queue<(long Number, byte[] Frame)> _events = new();
    private TaskCompletionSource _changed = New();
    private long _last;
    private bool _isOver;
    private bool _isReleased;

    /// <summary>Its name in its session.</summary>
    public long Id => id;

    /// <summary>Adds a message; without one, an event that only names where to go on.</summary>
    public void Add(byte[]? message, TimeSpan? retry = null)
    {
        lock (_lock)
        {
            var head = string.Create(CultureInfo.InvariantCulture, $"id: {id}:{++_last}\n{(retry is { } after ? $"retry: {(long)after.TotalMilliseconds}\n" : "")}{(message is null ? "" : "event: message\n")}data: ");
            _events.Enqueue((_last, [.. Encoding.ASCII.GetBytes(head), .. message ?? [], (byte)'\n', (byte)'\n']));
            if (_events.Count > MostEvents) _events.Dequeue();
            Tell();
        }
    }

    /// <summary>Lets connections go: who reads gets what there is, and comes again for more.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isReleased = true;
            Tell();
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            Tell();
        }
    }

    /// <summary>Its events after one, as server-sent events, until it is over or lets go.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync(long seen, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            List<byte[]> frames;
            bool ends;
            Task changed;
            lock (_lock)
            {
                frames = [.. _events.Where(e => e.Number > seen).Select(e => e.Frame)];
                (seen, ends, changed) = (_last, _isOver || _isReleased, _changed.Task);
            }
            foreach (var frame in frames) yield return frame;
            if (ends) yield break;
            await changed.WaitAsync(cancellation);
        }
    }

    private void Tell()
    {
        var changed = _changed;
        _changed = New();
        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
