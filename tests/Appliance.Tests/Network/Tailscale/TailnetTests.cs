using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Network.Tailscale;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Network.Tailscale;

/// <summary>What the real server claims of a stand-in for Tailscale's command.</summary>
public sealed class TailnetTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _home = new();
    private readonly FakeTailscale _fake = new();
    private readonly ManualTime _time = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private ConfigStore? _config;

    public void Dispose()
    {
        _config?.Dispose();
        _home.Dispose();
        _fake.Dispose();
    }

    [Fact]
    public async Task Serve_IsClaimedForAsLongAsTheServerRuns()
    {
        var host = await StartAsync("serve");
        Assert.Equal("reached by Tailscale at https://box.tail1234.ts.net (your tailnet)", await HearAsync("reached"));
        Assert.Contains($"serve --bg=false --https=443 http://127.0.0.1:{host.Address.Port}", _fake.Log);
        var claim = Assert.Single(_fake.Claims);
        await host.DisposeAsync();
        Assert.Empty(_fake.Claims);
        Assert.NotEqual(0, claim);
    }

    [Fact]
    public async Task Off_AsksTailscaleForNothing()
    {
        await (await StartAsync("off")).DisposeAsync();
        Assert.Empty(_fake.Log);
    }

    [Fact]
    public async Task Mode_ThatChanges_IsFollowedWhileItRuns()
    {
        await using var host = await StartAsync("off");
        Set("serve");
        await HearAsync("reached");
        Set("off");
        Assert.Contains("let go", await HearAsync("let go"), StringComparison.Ordinal);
        Assert.Empty(_fake.Claims);
        Set("serve");
        await HearAsync("reached");
        _config!.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("network.offline"), true));
        Assert.Contains("Offline mode is on", await HearAsync("Offline"), StringComparison.Ordinal);
        Assert.Empty(_fake.Claims);
    }

    [Fact]
    public async Task Claim_ThatEnds_IsMadeAnew()
    {
        await using var host = await StartAsync("serve");
        await HearAsync("reached");
        Process.GetProcessById(_fake.Claims.Single()).Kill();
        await HearAsync("Tailscale, serve:");
        var again = HearAsync("reached");
        await _time.AdvanceUntilAsync(again, TimeSpan.FromSeconds(1));
        await again;
        Assert.Single(_fake.Claims);
    }

    [Fact]
    public async Task Claim_ThatEndsAtOnce_IsTriedLessAndLessOften()
    {
        _fake.State = "no-daemon";
        await using var host = await StartAsync("serve");
        await HearAsync("does not run");
        // After 2, 4, 8 … 64 seconds, and then every 120: in twenty minutes no more than 16 times.
        for (var i = 0; i < 120; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        Assert.InRange(_fake.Log.Count(line => line.StartsWith("status", StringComparison.Ordinal)), 1, 17);
        _fake.State = "running";
        var reached = HearAsync("reached");
        await _time.AdvanceUntilAsync(reached, TimeSpan.FromSeconds(10));
        await reached;
    }

    [Fact]
    public async Task Funnel_NeedsATokenThatWasGiven()
    {
        await using (var host = await StartAsync("off"))
        {
            Assert.Contains("set gateway.token too", Assert.ThrowsAny<Models.ModelException>(() => Set("funnel")).Message, StringComparison.Ordinal);
        }
        Assert.Empty(_fake.Log);
        Assert.Contains("Set gateway.token", Assert.Throws<TailscaleException>(() => Tailnet.RequireAllowed(Appliance.Config.Sections.TailscaleMode.Funnel, false, hasToken: false)).Message, StringComparison.Ordinal);

        await using var open = await StartAsync("funnel", Token);
        Assert.Contains("the whole Internet", await HearAsync("reached"), StringComparison.Ordinal);
        Assert.Contains($"funnel --bg=false --https=443 http://127.0.0.1:{open.Address.Port}", _fake.Log);
        // As Tailscale's daemon sends on what comes from the Internet.
        open.Client.DefaultRequestHeaders.Host = "box.tail1234.ts.net";
        foreach (var (name, value) in ((string, string)[])[("X-Forwarded-Host", "box.tail1234.ts.net"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9"), ("Tailscale-Funnel-Request", "?1")])
            open.Client.DefaultRequestHeaders.Add(name, value);
        using var stranger = await open.Client.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        open.Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var owner = await open.Client.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
    }

    [Theory]
    [InlineData("no-https", "does not have HTTPS on. Turn it on at https://login.tailscale.com/f/serve?node=nTESTCNTRL")]
    [InlineData("not-operator", "tailscale set --operator=")]
    [InlineData("logged-out", "nobody is logged in")]
    [InlineData("no-permission", "refuses this user")]
    [InlineData("ends", "the claim ended")]
    public async Task Claim_ThatTailscaleRefuses_IsToldWithWhatToDo(string state, string expected)
    {
        _fake.State = state;
        await using var host = await StartAsync("serve");
        Assert.Contains(expected, await HearAsync("Tailscale, serve:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_InTheTailnet_IsTheServersOwnWhileItIsClaimed()
    {
        await using var host = await StartAsync("off");
        host.Client.DefaultRequestHeaders.Host = "box.tail1234.ts.net";
        using (var before = await host.Client.GetAsync("/healthz")) Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);
        Set("serve");
        await HearAsync("reached");
        using (var claimed = await host.Client.GetAsync("/healthz")) Assert.Equal(HttpStatusCode.OK, claimed.StatusCode);
        foreach (var other in (string[])["box.tail1234.ts.net.evil.example", "other.tail1234.ts.net", "evil.example"])
        {
            host.Client.DefaultRequestHeaders.Host = other;
            using var refused = await host.Client.GetAsync("/healthz");
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        Set("off");
        await HearAsync("let go");
        host.Client.DefaultRequestHeaders.Host = "box.tail1234.ts.net";
        using var after = await host.Client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Fact]
    public async Task SetupCode_OfAClaimedGateway_LeadsThroughTheTailnet()
    {
        await using var host = await StartAsync("serve");
        await HearAsync("reached");
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var made = await owner.AskAsync("device.pair.setupCode", new JsonObject { ["includeQr"] = false });
        Assert.Equal(("wss://box.tail1234.ts.net", "gateway.tailscale.mode"), (made.GetProperty("gatewayUrl").GetString(), made.GetProperty("urlSource").GetString()));
    }

    private async Task<TestHost> StartAsync(string mode, string? token = null)
    {
        var settings = $$"""{"gateway": {"tailscale": {"mode": "{{mode}}", "program": "{{_fake.Path}}"} {{(token is null ? "" : $", \"token\": \"{token}\"")}} } }""";
        await File.WriteAllTextAsync(_home["appliance.json"], settings);
        _config?.Dispose();
        _config = ConfigStore.Open(_home.Path);
        return await TestHost.StartAsync(options => options with { Config = _config, Token = token, Time = _time, Tell = line => _told.Writer.TryWrite(line) });
    }

    private void Set(string mode) => _config!.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("gateway.tailscale.mode"), mode));

    private async Task<string> HearAsync(string part)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var line = await _told.Reader.ReadAsync(patience.Token);
            if (line.Contains(part, StringComparison.Ordinal)) return line;
        }
    }
}
