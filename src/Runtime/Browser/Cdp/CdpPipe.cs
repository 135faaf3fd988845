using System.Collections.Concurrent;
using System.Text.Json;
using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Browser.Cdp;

/// <summary>
/// The Chrome DevTools Protocol over a pair of pipes (Chromium's <c>--remote-debugging-pipe</c>): JSON messages, each ended by a zero byte.
/// No socket, so nobody else can speak to the browser. Safe for several threads.
/// </summary>
internal sealed class CdpPipe : IDisposable
{
    private const int LargestMessage = 64 << 20;

    private readonly int _input, _output;
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;
    private int _isClosed;

    /// <summary>Speaks over these descriptors, which are its own from now on.</summary>
    /// <param name="input">Where messages to the browser are written.</param>
    /// <param name="output">Where its messages are read.</param>
    public CdpPipe(int input, int output)
    {
        (_input, _output) = (input, output);
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "browser" }.Start();
    }

    /// <summary>Hears of every event: its method, its parameters, and the session it belongs to, or null. Called one at a time, in order.</summary>
    public event Action<string, JsonElement, string?>? Heard;

    /// <summary>Complete once the browser says nothing more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Asks the browser, and gives its result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="session">The session of a page; null for the browser itself.</param>
    /// <param name="parameters">Writes the parameters; null for none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ModelException">The browser refuses, or has ended.</exception>
    public async Task<JsonElement> AskAsync(string method, string? session, Action<Utf8JsonWriter>? parameters, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            Write(Message(id, method, session, parameters));
            // The reader may have ended before this was in the table.
            if (_ended.Task.IsCompleted) throw Gone();
            return await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Closes the pipe that is written to, at which the browser ends.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        lock (_writing) _ = Native.Close(_input);
    }

    private static byte[] Message(int id, string method, string? session, Action<Utf8JsonWriter>? parameters)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("method", method);
            if (session is not null) json.WriteString("sessionId", session);
            json.WriteStartObject("params");
            parameters?.Invoke(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        bytes.WriteByte(0);
        return bytes.ToArray();
    }

    private unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_writing)
        {
            while (bytes.Length > 0)
            {
                nint written;
                fixed (byte* start = bytes) written = _isClosed != 0 ? -1 : Native.Write(_input, start, (nuint)bytes.Length);
                if (written <= 0) throw Gone();
                bytes = bytes[(int)written..];
            }
        }
    }

    private unsafe void Read()
    {
        var (buffer, message) = (new byte[64 * 1024], new MemoryStream());
        while (message.Length < LargestMessage)
        {
            nint read;
            fixed (byte* start = buffer) read = Native.Read(_output, start, (nuint)buffer.Length);
            if (read <= 0) break;
            var rest = buffer.AsSpan(0, (int)read);
            for (var end = rest.IndexOf((byte)0); end >= 0; end = rest.IndexOf((byte)0))
            {
                message.Write(rest[..end]);
                Take(message.GetBuffer().AsMemory(0, (int)message.Length));
                message.SetLength(0);
                rest = rest[(end + 1)..];
            }
            message.Write(rest);
        }
        _ = Native.Close(_output);
        _ended.TrySetResult();
        foreach (var (_, answer) in _waiting) answer.TrySetException(Gone());
    }

    private void Take(ReadOnlyMemory<byte> message)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(message);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return;
        }
        if (root.TryGetProperty("id", out var id))
        {
            if (!_waiting.TryGetValue(id.GetInt32(), out var answer)) return;
            if (root.TryGetProperty("error", out var error)) answer.TrySetException(new ModelException($"The browser refused: {error.Text("message")}"));
            else answer.TrySetResult(root.TryGetProperty("result", out var result) ? result : default);
        }
        else if (root.Text("method") is { } method) Heard?.Invoke(method, root.TryGetProperty("params", out var parameters) ? parameters : default, root.Text("sessionId"));
    }

    private static ModelException Gone() => new("The browser has ended.");
}
