using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TestKit;

/// <summary>
/// A small HTTP/1.1 server on a real loopback socket that does what a test says, faults included: it can break a body off, fall silent
/// in the middle, or leave the length out. One request per connection.
/// </summary>
public sealed class FakeServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<FakeRequest, FakeReply> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();

    /// <summary>Starts the server; with a certificate it speaks TLS. It listens at 127.0.0.1, or at another address of this machine.</summary>
    public FakeServer(Func<FakeRequest, FakeReply> answer, X509Certificate2? certificate = null, IPAddress? at = null)
    {
        (_answer, _certificate, at) = (answer, certificate, at ?? IPAddress.Loopback);
        _listener.Bind(new IPEndPoint(at, 0));
        _listener.Listen();
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Address = string.Create(CultureInfo.InvariantCulture, $"{(certificate is null ? "http" : "https")}://{at}:{port}");
        _ = AcceptAsync();
    }

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            await using Stream stream = _certificate is null ? plain : new SslStream(plain);
            if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(_certificate!);
            var request = await ReadAsync(stream);
            if (request is null) return;
            _requests.Enqueue(request);
            var reply = _answer(request);
            await stream.WriteAsync(reply.Head(), _stop.Token);
            var sent = reply.Body.AsMemory(0, Math.Min(reply.BreakAfter ?? reply.Body.Length, reply.Body.Length));
            if (request.Method != "HEAD") await stream.WriteAsync(sent, _stop.Token);
            await stream.FlushAsync(_stop.Token);
            if (reply.FallSilent) await Task.Delay(Timeout.Infinite, _stop.Token);
            // What the client has not read yet must not be lost to a reset.
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException) { }
    }

    private static async Task<FakeRequest?> ReadAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 65536 && await stream.ReadAsync(one) == 1)
        {
            head.Add(one[0]);
            if (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n']) continue;
            var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(h => h[0], h => h[1].Trim(), StringComparer.OrdinalIgnoreCase);
            if (lines[0].Split(' ') is not [var method, var target, _]) return null;
            var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
            await stream.ReadExactlyAsync(body);
            return new FakeRequest(method, target, headers) { Body = body };
        }
        return null;
    }
}

/// <summary>A request a <see cref="FakeServer"/> got.</summary>
/// <param name="Method">GET and so on.</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Headers">Headers by name, whatever their case.</param>
public sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body, where its length was said.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>What a <see cref="FakeServer"/> answers.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Body">Body.</param>
public sealed record FakeReply(int Status, byte[] Body)
{
    /// <summary>An answer with a text.</summary>
    public FakeReply(int status, string text = "") : this(status, Encoding.UTF8.GetBytes(text)) { }

    /// <summary>Header lines.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Bytes of the body after which the connection breaks; null sends it all.</summary>
    public int? BreakAfter { get; init; }

    /// <summary>Keep the connection open and say nothing more after the last byte sent.</summary>
    public bool FallSilent { get; init; }

    /// <summary>Leave Content-Length out, so that the end of the connection is the end of the body.</summary>
    public bool NoLength { get; init; }

    /// <summary>The same answer with one more header.</summary>
    public FakeReply With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    /// <summary>A redirect.</summary>
    public static FakeReply Redirect(int status, string location) => new FakeReply(status).With("Location", location);

    /// <summary>A file the way servers send it that know ranges and conditions (RFC 9110 §13.1.5, §14.2).</summary>
    public static FakeReply File(FakeRequest request, byte[] content, string? etag = null)
    {
        var whole = new FakeReply(200, content).With("Accept-Ranges", "bytes");
        if (etag is not null) whole = whole.With("ETag", etag);
        if (request.Header("Range") is not { } range || (request.Header("If-Range") is { } condition && condition != etag)) return whole;
        var from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        if (from >= content.Length) return new FakeReply(416).With("Content-Range", $"bytes */{content.Length}");
        return whole.With("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}") with { Status = 206, Body = content[from..] };
    }

    internal byte[] Head()
    {
        var head = new StringBuilder($"HTTP/1.1 {Status} {(HttpStatusCode)Status}\r\nConnection: close\r\n");
        if (!NoLength) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        foreach (var (name, value) in Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }
}
