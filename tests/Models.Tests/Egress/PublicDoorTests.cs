using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Models.Egress;
using TestKit;

namespace Models.Tests.Egress;

public sealed class PublicDoorTests
{
    // Every address of the list, as the file writes it.
    [SharedTheory("evals/attacks.jsonl")]
    [InlineData("ssrf-01"), InlineData("ssrf-02"), InlineData("ssrf-03"), InlineData("ssrf-04"), InlineData("ssrf-05"), InlineData("ssrf-06"), InlineData("ssrf-07"), InlineData("ssrf-08")]
    [InlineData("ssrf-09"), InlineData("ssrf-10"), InlineData("ssrf-11"), InlineData("ssrf-12"), InlineData("ssrf-13"), InlineData("ssrf-14"), InlineData("ssrf-15"), InlineData("ssrf-16")]
    [InlineData("ssrf-17"), InlineData("ssrf-18"), InlineData("ssrf-19"), InlineData("ssrf-20"), InlineData("ssrf-21"), InlineData("ssrf-22")]
    public async Task Fetch_AddressOfTheAttackList_IsRefusedWithTheSameWords(string id)
    {
        using var door = new PublicDoor(new EgressPolicy { PlainHttp = true });
        using var client = door.CreateHttpClient();
        var row = File.ReadLines(Shared.Find("evals", "attacks.jsonl")!).Select(line => JsonElement.Parse(line)).Single(row => row.GetProperty("id").GetString() == id);
        var url = row.GetProperty("input").GetString()!.Split(' ')[0];
        var fault = await Record.ExceptionAsync(() => client.GetAsync(new Uri(url)));
        var refused = fault as EgressException ?? fault?.InnerException as EgressException;
        Assert.True(refused is not null || fault is UriFormatException, $"{url}: {fault}");
        if (refused is not null) Assert.EndsWith("is not an address of the public Internet; it was not contacted.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("172.15.0.1", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("2001:4860:4860::8888", true)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:1.1.1.1", true)]
    [InlineData("fc00::1", false)]
    [InlineData("64:ff9b::101:101", false)]
    public void Is_ByTheRegistries(string address, bool expected) => Assert.Equal(expected, PublicAddress.Is(IPAddress.Parse(address)));

    // ssrf-23: every address is checked, and the one that was checked is the one that is connected to
    [Fact]
    public async Task Fetch_NameWithOneInnerAddress_OrThatChanges_IsNotContacted()
    {
        using var inner = new TcpListener(IPAddress.Loopback, 0);
        inner.Start();
        var port = ((IPEndPoint)inner.LocalEndpoint).Port;
        var asked = 0;
        foreach (var answers in new IPAddress[][] { [IPAddress.Loopback], [IPAddress.Parse("1.1.1.1"), IPAddress.IPv6Loopback], [] })
        {
            using var door = new PublicDoor(new EgressPolicy { PlainHttp = true }, (_, _) => Task.FromResult(answers), PublicAddress.Is);
            using var client = door.CreateHttpClient();
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(new Uri($"http://public.test:{port}/")));
            Assert.NotNull(fault as EgressException ?? fault.InnerException as EgressException);
        }
        using var changing = new PublicDoor(
            new EgressPolicy { PlainHttp = true }, (_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback]), a => a.Equals(IPAddress.Parse("127.0.0.2")));
        using var patient = changing.CreateHttpClient();
        await Assert.ThrowsAnyAsync<Exception>(() => patient.GetAsync(new Uri($"http://public.test:{port}/")));
        Assert.Equal(1, asked);
        Assert.False(inner.Pending());
    }

    // ssrf-24: each hop is checked again; ssrf-26: no proxy leads around the check
    [Theory]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://inner.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://public.test/")]
    public async Task Fetch_RedirectInside_IsNotFollowed(string location)
    {
        var outside = IPAddress.Parse("127.0.0.2");
        using var server = new TcpListener(outside, 0);
        server.Start();
        var serving = Task.Run(async () =>
        {
            using var peer = await server.AcceptTcpClientAsync();
            await peer.GetStream().ReadAtLeastAsync(new byte[4096], 16);
            await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        });
        using var door = new PublicDoor(
            new EgressPolicy { PlainHttp = true }, (name, _) => Task.FromResult<IPAddress[]>([name == "public.test" ? outside : IPAddress.Loopback]), a => a.Equals(outside));
        using var client = door.CreateHttpClient();
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(new Uri($"http://public.test:{((IPEndPoint)server.LocalEndpoint).Port}/")));
        Assert.NotNull(fault as EgressException ?? fault.InnerException as EgressException);
        await serving;
    }
}
