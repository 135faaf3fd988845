using System.Text.Json;
using System.Threading.Channels;
using Models;
using Runtime.Sandbox;

namespace Runtime.Mcp.Transports;

/// <summary>
/// MCP over the standard input and output of a program in the sandbox: one message a line. A program that writes what is no message, or one
/// that is too long, or does not read, is ended. What it writes to its standard error is kept, for a person.
/// </summary>
internal sealed class StdioTransport : IMcpTransport
{
    private const int MostUnsent = 64, LongestComplaint = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500), PatienceWithLastWords = TimeSpan.FromSeconds(5);

    private readonly RunningPipeline _program;
    private readonly int _longest;
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostUnsent) { SingleReader = true });
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Over a program that runs, with its output apart; what it writes waits in the pipe until the transport begins.</summary>
    /// <param name="program">It.</param>
    /// <param name="longest">Longest message, bytes.</param>
    public StdioTransport(RunningPipeline program, int longest) => (_program, _longest) = (program, longest);

    /// <inheritdoc/>
    public Task<string> Ended => _ended.Task;

    /// <inheritdoc/>
    public void Begin(Action<JsonElement> received)
    {
        new Thread(() => Read(received), 256 * 1024) { IsBackground = true, Name = "mcp" }.Start();
        _ = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public Task SendAsync(byte[] message, long? id, CancellationToken cancellation)
    {
        if (_ended.Task.IsCompleted) throw new McpException(_ended.Task.Result);
        if (!_outgoing.Writer.TryWrite(message)) End("it does not read what it is sent");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Listen() { }

    /// <inheritdoc/>
    public void Agreed(string version) { }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // As the specification has it: the end of its input tells a server to go, and one that stays is ended.
        _outgoing.Writer.TryComplete();
        _ended.TrySetResult("it was ended");
        await Task.WhenAny(_program.Ended, Task.Delay(Patience));
        _program.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync()) _program.WriteInput([.. message, (byte)'\n']);
            _program.CloseInput();
        }
        catch (ModelException)
        {
            End("it does not take input any more");
        }
    }

    private void Read(Action<JsonElement> received)
    {
        var line = new byte[16 * 1024];
        var (length, searched) = (0, 0);
        try
        {
            while (_program.ReadOutput(line.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                var start = 0;
                while (line.AsSpan(searched, length - searched).IndexOf((byte)'\n') is >= 0 and var at)
                {
                    Take(line.AsSpan(start, searched + at - start), received);
                    start = searched = searched + at + 1;
                }
                (length, searched) = (length - start, length - start);
                line.AsSpan(start, length).CopyTo(line);
                if (length < line.Length) continue;
                if (length >= _longest) throw new McpException($"it sent a message of more than {_longest} bytes");
                Array.Resize(ref line, Math.Min(line.Length * 2, _longest));
            }
            // What it complained of last may still be on its way.
            _program.Ended.Wait(PatienceWithLastWords);
            End("it ended");
        }
        catch (McpException e)
        {
            End(e.Message);
        }
        // Nobody reads any more, but the pipe is this thread's to close: what is left runs off.
        while (_program.ReadOutput(line) > 0) { }
    }

    private static void Take(ReadOnlySpan<byte> line, Action<JsonElement> received)
    {
        if (line.Trim(" \t\r"u8).IsEmpty) return;
        JsonElement message;
        try
        {
            message = JsonElement.Parse(line);
        }
        catch (JsonException e)
        {
            throw new McpException("it wrote something to its standard output that is no message", e);
        }
        received(message);
    }

    private void End(string why)
    {
        // What a program complains of last says mostly why it went.
        var complaint = Context.DataText.Visible(_program.Output.Read().Text).Trim();
        if (complaint.Length > LongestComplaint) complaint = "…" + complaint[^LongestComplaint..];
        _ended.TrySetResult(complaint.Length == 0 ? _program.StopReason ?? why : $"{_program.StopReason ?? why}; it said: {complaint}");
        _outgoing.Writer.TryComplete();
        _program.Kill();
    }
}
