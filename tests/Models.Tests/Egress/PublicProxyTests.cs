using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Models.Egress;
using TestKit;

namespace Models.Tests.Egress;

public sealed class PublicProxyTests
{
    // Another address of this machine stands for the Internet.
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.9");

    [Fact]
    public async Task Proxy_TowardsTheInternet_PassesRequestsOn_WithoutItsOwnWords()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "hello"), at: Outside);
        var calls = new List<EgressCall>();
        using var proxy = Proxy(new EgressPolicy { PlainHttp = true, Heard = calls.Add });
        var answer = await AskAsync(proxy, $"GET http://shop.test:{Port(server)}/a?b=c HTTP/1.1\r\nHost: shop.test\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nConnection: keep-alive\r\nX-Kept: 1\r\n\r\n");
        Assert.EndsWith("hello", answer, StringComparison.Ordinal);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/a?b=c", "1", null, "close"), (request.Target, request.Header("X-Kept"), request.Header("Proxy-Authorization"), request.Header("Connection")));
        Assert.Equal(new EgressCall("shop.test", Port(server), "GET", 6, "test", null), Assert.Single(calls));
    }

    [Theory]
    [InlineData("GET http://127.0.0.1:PORT/ HTTP/1.1", "403")]
    [InlineData("GET http://inside.test:PORT/ HTTP/1.1", "403")]
    [InlineData("GET http://[::ffff:127.0.0.1]:PORT/ HTTP/1.1", "403")]
    [InlineData("CONNECT 127.0.0.1:PORT HTTP/1.1", "403")]
    [InlineData("CONNECT inside.test:PORT HTTP/1.1", "403")]
    [InlineData("CONNECT shop.test:25 HTTP/1.1", "400")]
    [InlineData("CONNECT shop.test HTTP/1.1", "400")]
    [InlineData("GET /relative HTTP/1.1", "400")]
    [InlineData("GET https://shop.test/ HTTP/1.1", "400")]
    [InlineData("GET http://a:b@shop.test/ HTTP/1.1", "400")]
    [InlineData("GET file:///etc/passwd HTTP/1.1", "400")]
    [InlineData("GET http://shop.test/ HTTP/2", "400")]
    [InlineData("nonsense", "400")]
    public async Task Proxy_TowardsAnythingElse_Refuses(string line, string status)
    {
        using var inside = new FakeServer(_ => new FakeReply(200, "SECRET"));
        using var proxy = Proxy(new EgressPolicy { PlainHttp = true });
        var answer = await AskAsync(proxy, $"{line.Replace("PORT", $"{Port(inside)}", StringComparison.Ordinal)}\r\nHost: x\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task Proxy_WithoutPlainHttp_TakesNothingUnencrypted_NotEvenInATunnel()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "hello"), at: Outside);
        using var proxy = Proxy(new EgressPolicy());
        Assert.Contains("not encrypted", await AskAsync(proxy, $"GET http://shop.test:{Port(server)}/ HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1 200 Connection Established\r\n\r\n", await AskAsync(proxy, $"CONNECT shop.test:{Port(server)} HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"));
        Assert.Empty(server.Requests);
        using var offline = Proxy(new EgressPolicy { Offline = true, PlainHttp = true });
        Assert.Contains("Offline mode", await AskAsync(offline, $"GET http://shop.test:{Port(server)}/ HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("Offline mode", offline.RefusalOf("shop.test"), StringComparison.Ordinal);
    }

    // Whatever comes, there is an answer or none, and never a request to somebody who was not named.
    [Fact]
    public void Parse_OfAnything_GivesAnAddressToCheck() => Prop.ForAll(
        Gen.Elements("GET", "CONNECT", "", " ", "http://", "https://", "shop.test", ":443", ":0", ":99999", "/", "@", "[::1]", "\r\n", "HTTP/1.1", "HTTP/9", "\0", "é", "Host: a", "Proxy-X: y", "%00", "?", "#").ArrayOf().ToArbitrary(),
        parts => ProxyRequest.Parse(Encoding.Latin1.GetBytes(string.Join(parts.Length % 2 == 0 ? " " : "", parts)), []) is not { } request
            || (request.Address.Scheme is "http" or "https" && request.Address.UserInfo.Length == 0 && !Encoding.Latin1.GetString(request.Head).Contains("Proxy-", StringComparison.Ordinal))).QuickCheckThrowOnFailure();

    private static PublicProxy Proxy(EgressPolicy policy) => new(new PublicDoor(policy, (host, _) => Task.FromResult<IPAddress[]>(host == "shop.test" ? [Outside] : [IPAddress.Loopback]), Outside.Equals), "test");

    private static int Port(FakeServer server) => new Uri(server.Address).Port;

    private static async Task<string> AskAsync(PublicProxy proxy, string head, string? then = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            int read;
            try { read = await stream.ReadAsync(buffer); }
            catch (IOException) { break; }
            if (read == 0) break;
            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (then is not null) await stream.WriteAsync(Encoding.Latin1.GetBytes(then));
            then = null;
        }
        return answer.ToString();
    }
}
