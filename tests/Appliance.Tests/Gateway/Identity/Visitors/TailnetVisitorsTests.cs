using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Tests.Http;
using Runtime.Audit;
using TestKit;

namespace Appliance.Tests.Gateway.Identity.Visitors;

/// <summary>
/// Who comes by tailscale serve, over real sockets, with a stand-in for Tailscale's command. A test that runs as root writes the headers as the
/// daemon would, which is root's too.
/// </summary>
public sealed class TailnetVisitorsTests : IDisposable
{
    private const string Host = "box.tail1234.ts.net", Alice = "alice@example.com", Phone = "100.64.0.7";
    private readonly TemporaryFolder _home = new();
    private readonly FakeTailscale _fake = new();
    private readonly ManualTime _time = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private ConfigStore _config = null!;

    public void Dispose()
    {
        _config.Dispose();
        _home.Dispose();
        _fake.Dispose();
    }

    [PrivilegedFact]
    public async Task Owner_ByHttp_ComesInWithoutAToken()
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, Headers()));
        Assert.Equal(1, Whois());
        // The same device again, and again after a minute.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, Headers()));
        Assert.Equal(1, Whois());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, Headers()));
        Assert.Equal(2, Whois());
    }

    [PrivilegedTheory]
    [InlineData("login of another person", "Tailscale-User-Login", "bob@example.com", "AUTH_TAILSCALE_IDENTITY_MISMATCH")]
    [InlineData("a device of another person", "X-Forwarded-For", "100.64.0.8", "AUTH_TAILSCALE_IDENTITY_MISMATCH")]
    [InlineData("nobody's device", "X-Forwarded-For", "100.64.0.9", "AUTH_TAILSCALE_WHOIS_FAILED")]
    [InlineData("a device that is not there", "X-Forwarded-For", "100.64.0.200", "AUTH_TAILSCALE_WHOIS_FAILED")]
    [InlineData("an address of the Internet", "X-Forwarded-For", "203.0.113.9", "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("two addresses", "X-Forwarded-For", "100.64.0.7, 203.0.113.9", "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("words", "X-Forwarded-For", "--help", "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("no address", "X-Forwarded-For", null, "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("no host", "X-Forwarded-Host", null, "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("another host", "X-Forwarded-Host", "other.tail1234.ts.net", "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("plain HTTP", "X-Forwarded-Proto", "http", "AUTH_TAILSCALE_PROXY_MISSING")]
    [InlineData("the Internet by funnel", "Tailscale-Funnel-Request", "?1", "AUTH_TAILSCALE_PROXY_MISSING")]
    public async Task Headers_ThatAreNotWhole_AreRefusedAndAudited(string what, string header, string? value, string rule)
    {
        Assert.NotEmpty(what);
        await using var host = await StartAsync();
        var headers = Headers();
        headers.Remove(header);
        if (value is not null) headers[header] = value;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, headers));
        Assert.Equal(rule, (await LastRefusalAsync(host)).Rule);
        // It opens nothing, and shuts nothing: the token still counts.
        headers["Authorization"] = $"Bearer {host.Token}";
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, headers));
    }

    [PrivilegedFact]
    public async Task Headers_WhereTheyAreNotAllowed_AreNotEvenLookedAt()
    {
        await using var host = await StartAsync(allow: false);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, Headers()));
        Assert.Equal(0, Whois());
    }

    [PrivilegedFact]
    public async Task Headers_WithoutAClaim_AreRefused()
    {
        await using var host = await StartAsync(mode: "off");
        var headers = Headers();
        headers["Host"] = "127.0.0.1";
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, headers));
        Assert.Equal(0, Whois());
    }

    [PrivilegedFact]
    public async Task Headers_OfAProgramThatIsNotRoots_AreRefused()
    {
        await using var host = await StartAsync();
        // As nobody (65534), by bash's own sockets.
        var request = string.Concat(Headers().Select(header => $"{header.Key}: {header.Value}\\r\\n"));
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{host.Address.Port}; printf 'GET /v1/models HTTP/1.1\\r\\nConnection: close\\r\\n{request}\\r\\n' >&3; cat <&3"]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var program = Process.Start(start)!;
        var answer = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        var refused = await LastRefusalAsync(host);
        Assert.Equal(("AUTH_TAILSCALE_PROXY_MISSING", Alice), (refused.Rule, refused.Resource));
        Assert.Equal(0, Whois());
    }

    [PrivilegedFact]
    public async Task WebPage_FromElsewhere_IsRefusedThoughTheBrowserIsKnown()
    {
        await using var host = await StartAsync();
        foreach (var (header, value) in ((string, string)[])[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")])
        {
            var headers = Headers();
            headers[header] = value;
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(host, headers));
        }
        _config.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("gateway.allowedOrigins"), new JsonArray("https://panel.example")));
        var allowed = Headers();
        allowed["Origin"] = "https://panel.example";
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, allowed));
        Assert.Equal(0, Whois());
        var own = Headers();
        own["Origin"] = $"https://{Host}";
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, own));
    }

    [PrivilegedFact]
    public async Task Device_ByWebSocket_IsAskedAboutOnce_AndComesInWithoutATokenAfterThat()
    {
        await using var host = await StartAsync();
        var key = new DeviceKey(1);
        await using (var stranger = await GatewayClient.OpenAsync(host.Address, Headers()))
        {
            var refused = await stranger.RequestAsync("connect", stranger.Device(key, []));
            Assert.Equal("PAIRING_REQUIRED", refused.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        }
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var waiting = (await owner.AskAsync("device.pair.list")).GetProperty("pending")[0];
        Assert.Equal(Phone, waiting.GetProperty("remoteIp").GetString());
        await owner.AskAsync("device.pair.approve", new JsonObject { ["requestId"] = waiting.GetProperty("requestId").GetString() });
        await using var phone = await GatewayClient.OpenAsync(host.Address, Headers());
        var hello = await phone.AskAsync("connect", phone.Device(key, []));
        Assert.Equal("tailscale", hello.GetProperty("auth").GetProperty("method").GetString());
        Assert.Equal(["operator.read", "operator.write"], hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()));

        // Who is here by what does not count any more must come otherwise.
        _config.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("gateway.auth.allowTailscale"), false));
        await phone.ClosedAsync();
        Assert.Equal(4001, (int)phone.CloseStatus!);
        await using var again = await GatewayClient.OpenAsync(host.Address, Headers());
        Assert.Equal("AUTH_TOKEN_MISSING", (await again.RequestAsync("connect", again.Device(key, []))).GetProperty("error").GetProperty("details").GetProperty("code").GetString());
    }

    [PrivilegedFact]
    public async Task WebSocket_WithHeadersThatAreNotBelieved_HearsWhy()
    {
        await using var host = await StartAsync();
        var headers = Headers();
        headers["Tailscale-User-Login"] = "bob@example.com";
        await using var client = await GatewayClient.OpenAsync(host.Address, headers);
        Assert.Equal("AUTH_TAILSCALE_IDENTITY_MISMATCH", (await client.RequestAsync("connect", client.Device(new DeviceKey(1), []))).GetProperty("error").GetProperty("details").GetProperty("code").GetString());
    }

    [PrivilegedFact]
    public async Task Person_NamedByTheirLogin_HasTheirRoleAlone()
    {
        await using var host = await StartAsync(people: """{"bob": {"role": "mute", "tailnet": "Bob@example.com"}}, "roles": {"mute": {"scopes": ["operator.talk"]}}""");
        var headers = Headers();
        (headers["Tailscale-User-Login"], headers["X-Forwarded-For"]) = ("bob@example.com", "100.64.0.8");
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(host, headers));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, Headers()));
        _config.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("people.bob.role"), "guest"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, headers));
        _config.Edit(document => ConfigEdit.Remove(document, ConfigPath.Parse("people.bob")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, headers));
        Assert.Equal("AUTH_UNAUTHORIZED", (await LastRefusalAsync(host)).Rule);
    }

    [PrivilegedFact]
    public async Task Whois_IsAskedNoMoreThanSoOften()
    {
        await using var host = await StartAsync();
        var headers = Headers();
        for (var i = 0; i < 40; i++)
        {
            headers["X-Forwarded-For"] = $"100.100.0.{i}";
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, headers));
        }
        Assert.Equal(30, Whois());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, Headers()));
    }

    private static Dictionary<string, string> Headers() => new()
    {
        ["Host"] = Host,
        ["X-Forwarded-For"] = Phone,
        ["X-Forwarded-Host"] = Host,
        ["X-Forwarded-Proto"] = "https",
        ["Tailscale-User-Login"] = Alice,
        ["Tailscale-User-Name"] = "Alice Example",
        ["Tailscale-Headers-Info"] = "https://tailscale.com/s/serve-headers",
    };

    private int Whois() => _fake.Log.Count(line => line.StartsWith("whois", StringComparison.Ordinal));

    private async Task<TestHost> StartAsync(bool allow = true, string mode = "serve", string people = "{}")
    {
        await File.WriteAllTextAsync(_home["appliance.json"], $$"""
            {"gateway": {"tailscale": {"mode": "{{mode}}", "program": "{{_fake.Path}}"}, "auth": {"allowTailscale": {{(allow ? "true" : "false")}} } }, "people": {{people}} }
            """);
        _config = ConfigStore.Open(_home.Path);
        var host = await TestHost.StartAsync(options => options with { Config = _config, Time = _time, Tell = line => _told.Writer.TryWrite(line) });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (mode == "serve" && !(await _told.Reader.ReadAsync(patience.Token)).StartsWith("reached", StringComparison.Ordinal)) { }
        return host;
    }

    private static async Task<HttpStatusCode> AskAsync(TestHost host, Dictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<AuditEvent> LastRefusalAsync(TestHost host)
    {
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        // Writes what is on its way to the disk.
        await owner.AskAsync("audit.list", new JsonObject());
        return AuditReader.NewestFirst(host.Home).First(record => record.Event.Action == "tailscale.identity").Event;
    }
}
