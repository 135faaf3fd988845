using System.Net.Sockets;
using System.Text;
using TestKit;

namespace EndToEnd.Services;

/// <summary>The service manager's end of sd_notify(3): an abstract or a named datagram socket, and what came to it.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(bool isAbstract)
    {
        var name = isAbstract ? $"appliance-test-{Guid.NewGuid():N}" : _folder["notify"];
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + name : name));
        Name = isAbstract ? '@' + name : name;
    }

    /// <summary>For NOTIFY_SOCKET.</summary>
    public string Name { get; }

    /// <summary>Waits for a message with a line.</summary>
    public async Task<string> ExpectAsync(string line)
    {
        while (true)
        {
            var message = await ReceiveAsync(Patience) ?? throw new TimeoutException($"No {line} came.");
            if (message.Split('\n').Contains(line)) return message;
        }
    }

    /// <summary>Forgets what has come so far.</summary>
    public void Drain()
    {
        var buffer = new byte[4096];
        while (_socket.Available > 0) _socket.Receive(buffer);
    }

    /// <summary>The messages that come within a time.</summary>
    public async Task<IReadOnlyList<string>> ListenAsync(TimeSpan time)
    {
        var until = TimeProvider.System.GetTimestamp();
        var messages = new List<string>();
        while (TimeProvider.System.GetElapsedTime(until) is var passed && passed < time)
            if (await ReceiveAsync(time - passed) is { } message) messages.Add(message);
        return messages;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    private async Task<string?> ReceiveAsync(TimeSpan patience)
    {
        var buffer = new byte[4096];
        using var end = new CancellationTokenSource(patience);
        try { return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, end.Token)); }
        catch (OperationCanceledException) { return null; }
    }
}
