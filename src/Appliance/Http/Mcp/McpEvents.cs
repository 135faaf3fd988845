using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Appliance.Http.Mcp;

/// <summary>
/// The events of one session's streams, so that a client whose connection was cut off goes on where it was (SEP-1699). In memory and bounded:
/// the last streams, and of each the last events. Safe for several threads.
/// </summary>
internal sealed class McpEvents : ISseEventStreamStore
{
    /// <summary>Most streams kept of a session.</summary>
    public const int MostStreams = 16;

    /// <summary>Most events kept of a stream.</summary>
    public const int MostEvents = 64;

    private readonly ConcurrentDictionary<string, Stream> _streams = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <inheritdoc/>
    public ValueTask<ISseEventStreamWriter> CreateStreamAsync(SseEventStreamOptions options, CancellationToken cancellationToken = default)
    {
        // The name of the stream that belongs to no request is the same each time.
        var stream = new Stream(options.SessionId, options.StreamId) { Mode = options.Mode };
        _streams[options.StreamId] = stream;
        _order.Enqueue(options.StreamId);
        while (_order.Count > MostStreams && _order.TryDequeue(out var oldest)) _streams.TryRemove(oldest, out _);
        return ValueTask.FromResult<ISseEventStreamWriter>(stream);
    }

    /// <inheritdoc/>
    public ValueTask<ISseEventStreamReader?> GetStreamReaderAsync(string lastEventId, CancellationToken cancellationToken = default)
    {
        var at = lastEventId.LastIndexOf(':');
        var found = at > 0 && long.TryParse(lastEventId.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) && _streams.TryGetValue(lastEventId[..at], out var stream)
            ? new Reader(stream, seen) : null;
        return ValueTask.FromResult<ISseEventStreamReader?>(found);
    }

    /// <summary>Writes what a reader has, as long as there is more.</summary>
    public static async Task WriteAsync(PipeWriter writer, ISseEventStreamReader reader, CancellationToken cancellation)
    {
        await foreach (var item in reader.ReadEventsAsync(cancellation))
        {
            var head = new StringBuilder();
            if (item.EventId is { } id) head.Append("id: ").Append(id).Append('\n');
            if (item.ReconnectionInterval is { } retry) head.Append("retry: ").Append(((long)retry.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)).Append('\n');
            if (item.EventType is { Length: > 0 } type) head.Append("event: ").Append(type).Append('\n');
            writer.Write(Encoding.UTF8.GetBytes(head.Append("data: ").ToString()));
            if (item.Data is { } data) writer.Write(JsonSerializer.SerializeToUtf8Bytes(data, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage))));
            writer.Write("\n\n"u8);
            await writer.FlushAsync(cancellation);
        }
    }

    private sealed class Stream(string sessionId, string streamId) : ISseEventStreamWriter
    {
        private readonly Lock _lock = new();
        private readonly Queue<(long Number, SseItem<JsonRpcMessage?> Item)> _events = new();
        private TaskCompletionSource _changed = New();
        private long _last;
        private bool _closed;

        public string SessionId => sessionId;

        public string StreamId => streamId;

        public SseEventStreamMode Mode { get; set; }

        public ValueTask SetModeAsync(SseEventStreamMode mode, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                Mode = mode;
                Tell();
            }
            return ValueTask.CompletedTask;
        }

        public ValueTask<SseItem<JsonRpcMessage?>> WriteEventAsync(SseItem<JsonRpcMessage?> sseItem, CancellationToken cancellationToken = default)
        {
            if (sseItem.EventId is not null) return ValueTask.FromResult(sseItem);
            lock (_lock)
            {
                var number = ++_last;
                var named = sseItem with { EventId = string.Create(CultureInfo.InvariantCulture, $"{streamId}:{number}") };
                _events.Enqueue((number, named));
                if (_events.Count > MostEvents) _events.Dequeue();
                Tell();
                return ValueTask.FromResult(named);
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (_lock)
            {
                _closed = true;
                Tell();
            }
            return ValueTask.CompletedTask;
        }

        /// <summary>What came after an event, whether more may come to one who waits, and what ends the waiting.</summary>
        public (IReadOnlyList<(long Number, SseItem<JsonRpcMessage?> Item)> Events, bool IsOver, Task Changed) After(long seen)
        {
            lock (_lock) return ([.. _events.Where(e => e.Number > seen)], _closed || Mode == SseEventStreamMode.Polling, _changed.Task);
        }

        private void Tell()
        {
            var changed = _changed;
            _changed = New();
            changed.SetResult();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Reader(Stream stream, long seen) : ISseEventStreamReader
    {
        public string SessionId => stream.SessionId;

        public string StreamId => stream.StreamId;

        public async IAsyncEnumerable<SseItem<JsonRpcMessage?>> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var (events, over, changed) = stream.After(seen);
                foreach (var (number, item) in events)
                {
                    seen = number;
                    yield return item;
                }
                if (over) yield break;
                await changed.WaitAsync(cancellationToken);
            }
        }
    }
}
