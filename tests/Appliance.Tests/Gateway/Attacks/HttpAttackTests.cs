using System.Text;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Attacks;

/// <summary>What was done to other gateways over HTTP, and what this one does about it. Tests are named by the attack's id.</summary>
public sealed class HttpAttackTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task DnsRebind01_HostOfSomebodyElse_IsForbidden()
    {
        await using var host = await TestHost.StartAsync();
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync(host, "GET /v1/models HTTP/1.1\r\nHost: evil.example:18789\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n{\"prompt\":\"a\",\"max_tokens\":1}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("Content-Length: 2, 2\r\n\r\n{}")]
    [InlineData("X-A: b\r\n folded\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    public async Task Smuggling01_LengthThatCanBeReadTwoWays_IsRefusedAndTheConnectionEnds(string rest)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.ConnectAsync(host.Address);
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: application/json\r\n{rest}GET /smuggled HTTP/1.1\r\nHost: {host.Address.Authority}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        var more = new StringBuilder();
        for (string head; (head = await client.ReadHeadAsync()).Length > 0;) more.Append(head);
        Assert.DoesNotContain("HTTP/1.1 404", more.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers01_TooLongOrTooManyOrWithControlBytes_AreRefused()
    {
        await using var host = await TestHost.StartAsync();
        var start = $"GET /v1/models HTTP/1.1\r\nHost: {host.Address.Authority}\r\n";
        Assert.Matches("^HTTP/1.1 431 ", await AskAsync(host, $"{start}X-Long: {new string('a', 64 * 1024)}\r\n\r\n"));
        Assert.Matches("^HTTP/1.1 431 ", await AskAsync(host, start + string.Concat(Enumerable.Range(0, 2000).Select(i => $"X{i}: 1\r\n")) + "\r\n"));
        Assert.Matches("^HTTP/1.1 400 ", await AskAsync(host, $"{start}X-Nul: a\0b\r\n\r\n"));
        Assert.Matches("^HTTP/1.1 400 ", await AskAsync(host, $"{start}X-Cr: a\rb\r\n\r\n"));
        Assert.Empty(host.Bugs);
    }

    [Theory]
    [InlineData("/v1/..%2fv1/models"), InlineData("//v1/models"), InlineData("/V1/Models"), InlineData("/v1/models%00"), InlineData("/./v1/models;x=1"), InlineData("/v1/models/")]
    public async Task Route01_PathByAnotherSpelling_IsNotServedWithoutTheToken(string path)
    {
        await using var host = await TestHost.StartAsync(o => o with { Token = Token });
        Assert.Matches("^HTTP/1.1 40[014] ", await AskAsync(host, $"GET {path} HTTP/1.1\r\nHost: {host.Address.Authority}\r\n\r\n"));
    }

    [Fact]
    public async Task Dos04_BodyOf1GB_IsRefusedBeforeItIsRead()
    {
        await using var host = await TestHost.StartAsync(o => o with { Token = Token });
        var head = $"POST /v1/chat/completions HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n";
        Assert.Matches("^HTTP/1.1 401 ", await AskAsync(host, head + "\r\n"));
        Assert.Matches("^HTTP/1.1 413 ", await AskAsync(host, $"{head}Authorization: Bearer {Token}\r\n\r\n"));
    }

    private static async Task<string> AskAsync(TestHost host, string request)
    {
        using var client = await RawWebSocket.ConnectAsync(host.Address);
        await client.SendAsync(Encoding.Latin1.GetBytes(request));
        return await client.ReadHeadAsync();
    }
}
