using System.Net.Sockets;
using System.Text;

namespace Appliance.Tests.Http;

/// <summary>A connection whose bytes the test writes itself: what no HTTP client would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _socket = new();

    private RawConnection() { }

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Sends text as it is.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes. A server that has closed already is fine.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        try { await _socket.GetStream().WriteAsync(bytes); }
        catch (IOException) { }
    }

    /// <summary>Reads until the server closes, which it must in a while.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var read = new MemoryStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try { await _socket.GetStream().CopyToAsync(read, patience.Token); }
        catch (IOException) { }
        catch (OperationCanceledException) { Assert.Fail($"The server did not close the connection after: {Encoding.Latin1.GetString(read.ToArray())}"); }
        return Encoding.Latin1.GetString(read.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}
