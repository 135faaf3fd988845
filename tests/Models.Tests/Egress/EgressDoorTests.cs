using System.Net;
using System.Net.Http.Headers;
using Models.Egress;
using TestKit;

namespace Models.Tests.Egress;

public sealed class EgressDoorTests : IDisposable
{
    private readonly EgressDoor _door = new(new EgressPolicy());

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Get_RelativeRedirect_IsFollowedWithCredentials()
    {
        using var server = new FakeServer(r => r.Target == "/a" ? FakeReply.Redirect(302, "/b?x=1") : new FakeReply(200, "here"));
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/a");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        using var client = _door.CreateHttpClient();

        using var response = await client.SendAsync(request);

        Assert.Equal("here", await response.Content.ReadAsStringAsync());
        Assert.Equal(["/a", "/b?x=1"], server.Requests.Select(r => r.Target));
        Assert.All(server.Requests, r => Assert.Equal("Bearer secret", r.Header("Authorization")));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Get_RedirectToAnotherHost_LeavesEverythingSecretBehind(int status)
    {
        using var other = new FakeServer(_ => new FakeReply(200, "here"));
        using var server = new FakeServer(_ => FakeReply.Redirect(status, other.Address + "/signed?key=1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/a");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        request.Headers.Add("X-Api-Key", "secret");
        request.Headers.Add("Cookie", "secret");
        request.Headers.Range = new RangeHeaderValue(7, null);
        using var client = _door.CreateHttpClient();

        using var response = await client.SendAsync(request);

        Assert.Equal("here", await response.Content.ReadAsStringAsync());
        var seen = Assert.Single(other.Requests);
        Assert.DoesNotContain(seen.Headers, h => h.Value.Contains("secret"));
        Assert.Equal("bytes=7-", seen.Header("Range"));
    }

    [Fact]
    public async Task Get_RedirectLoop_Ends()
    {
        using var server = new FakeServer(_ => FakeReply.Redirect(302, "/again"));
        using var client = _door.CreateHttpClient();

        var error = await Assert.ThrowsAsync<EgressException>(() => client.GetAsync(new Uri(server.Address)));

        Assert.Contains("more than 10 times", error.Message);
        Assert.Equal(11, server.Requests.Count);
    }

    [Fact]
    public async Task Get_RedirectToUnencryptedHost_IsRefused()
    {
        using var server = new FakeServer(_ => FakeReply.Redirect(302, "http://example.invalid/x?secret=1"));
        using var client = _door.CreateHttpClient();

        var error = await Assert.ThrowsAsync<EgressException>(() => client.GetAsync(new Uri(server.Address)));

        Assert.Contains("example.invalid", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public async Task Post_Redirect_IsNotFollowed()
    {
        using var server = new FakeServer(_ => FakeReply.Redirect(307, "/elsewhere"));
        using var client = _door.CreateHttpClient();

        using var response = await client.PostAsync(new Uri(server.Address), new StringContent("private"));

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Get_CertificateNobodyVouchesFor_IsRefused()
    {
        using var certificate = TestCertificate.Create();
        using var server = new FakeServer(_ => new FakeReply(200, "never"), certificate);
        using var client = _door.CreateHttpClient();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(server.Address)));

        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Get_EncryptedToUnencryptedRedirect_IsRefusedEvenOnThisMachine()
    {
        using var certificate = TestCertificate.Create();
        using var plain = new FakeServer(_ => new FakeReply(200, "never"));
        using var server = new FakeServer(r => r.Target == "/ok" ? new FakeReply(200, "here") : FakeReply.Redirect(302, plain.Address), certificate);
        using var door = new EgressDoor(new EgressPolicy { PlainHttp = true }, [certificate]);
        using var client = door.CreateHttpClient();

        Assert.Equal("here", await client.GetStringAsync(new Uri(server.Address + "/ok")));
        var error = await Assert.ThrowsAsync<EgressException>(() => client.GetAsync(new Uri(server.Address)));

        Assert.Contains("unencrypted", error.Message);
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task Get_OfflineToAnotherHost_IsRefusedAndThisMachineStillWorks()
    {
        using var server = new FakeServer(r => r.Target == "/out" ? FakeReply.Redirect(302, "https://example.invalid/") : new FakeReply(200, "here"));
        using var door = new EgressDoor(new EgressPolicy { Offline = true });
        using var client = door.CreateHttpClient();

        var error = await Assert.ThrowsAsync<EgressException>(() => client.GetAsync(new Uri("https://example.invalid/")));
        Assert.Contains("Offline mode", error.Message);
        await Assert.ThrowsAsync<EgressException>(() => client.GetAsync(new Uri(server.Address + "/out")));
        Assert.Equal("here", await client.GetStringAsync(new Uri(server.Address.Replace("127.0.0.1", "localhost"))));
    }

    [Fact]
    public async Task Heard_OfEveryHop_SaysWhereToHowMuchAndWhy_AndWhatWasRefused()
    {
        var heard = new System.Collections.Concurrent.ConcurrentQueue<EgressCall>();
        using var server = new FakeServer(r => r.Target.StartsWith("/a", StringComparison.Ordinal) ? FakeReply.Redirect(302, "https://example.invalid/b?key=secret") : new FakeReply(200, "here"));
        using var door = new EgressDoor(new EgressPolicy { Offline = true, Heard = heard.Enqueue });
        using var client = door.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/a?x=1");
        request.Options.Set(EgressPolicy.Why, "a test");
        await Assert.ThrowsAsync<EgressException>(() => client.SendAsync(request));
        using var posted = await client.PostAsync(new Uri(server.Address + "/p"), new StringContent("1234567"));
        var port = new Uri(server.Address).Port;
        Assert.Equal(
            [("127.0.0.1", port, "GET", 6, "a test", true), ("example.invalid", 443, "GET", 13, "a test", false), ("127.0.0.1", port, "POST", 9, null, true)],
            heard.Select(h => (h.Host, h.Port, h.Method, h.Bytes, h.Why, h.Refusal is null)));
    }

    [Fact]
    public async Task Connect_Offline_ReachesThisMachineAlone()
    {
        using var server = new FakeServer(_ => new FakeReply(200));
        using var door = new EgressDoor(new EgressPolicy { Offline = true });

        await using var stream = await door.ConnectAsync(new DnsEndPoint("localhost", new Uri(server.Address).Port));
        Assert.True(stream.CanWrite);
        await Assert.ThrowsAsync<EgressException>(() => door.ConnectAsync(new DnsEndPoint("example.invalid", 443)).AsTask());
        await Assert.ThrowsAsync<EgressException>(() => door.ConnectAsync(new DnsEndPoint("10.0.0.1", 443)).AsTask());
    }

    [Fact]
    public async Task GetString_BodyOverTheLimit_IsRefused()
    {
        using var server = new FakeServer(_ => new FakeReply(200, new byte[EgressDoor.MaxBufferedBody + 1]));
        using var client = _door.CreateHttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(server.Address)));
    }
}
