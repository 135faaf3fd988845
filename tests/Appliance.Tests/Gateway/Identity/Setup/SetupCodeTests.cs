using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity.Setup;
using Appliance.Tests.Gateway.Methods;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Identity.Setup;

/// <summary>One-time codes, over real sockets; a forwarded-for header makes a client of this machine a stranger.</summary>
public sealed class SetupCodeTests : GatewayTest
{
    private static readonly Dictionary<string, string> FromAfar = new() { ["X-Forwarded-For"] = "203.0.113.9" };

    [Fact]
    public async Task Code_LetsOneDeviceIn_AndHandsItTokens_ThatAreGoodAfterwards()
    {
        var made = await Owner.AskAsync("device.pair.setupCode");
        Assert.StartsWith("data:image/png;base64,iVBOR", made.GetProperty("qrDataUrl").GetString(), StringComparison.Ordinal);
        Assert.Equal("full", made.GetProperty("access").GetString());
        var key = new DeviceKey(1);
        JsonElement auth;
        await using (var phone = await GatewayClient.OpenAsync(Host.Address, FromAfar))
            auth = (await phone.AskAsync("connect", phone.Device(key, Auth(made), role: "node"))).GetProperty("auth");
        Assert.Equal("node", auth.GetProperty("role").GetString());
        var handed = Assert.Single(auth.GetProperty("deviceTokens").EnumerateArray());
        Assert.DoesNotContain("operator.admin", handed.ToString(), StringComparison.Ordinal);

        var done = await Owner.EventAsync("device.pair.setup.completed");
        Assert.Equal((key.Id, made.GetProperty("setupId").GetString()), (done.GetProperty("deviceId").GetString(), done.GetProperty("setupId").GetString()));
        Assert.Equal(key.Id, (await Owner.AskAsync("device.pair.setupStatus", new JsonObject { ["setupId"] = made.GetProperty("setupId").GetString() })).GetProperty("completion").GetProperty("deviceId").GetString());

        await using var again = await GatewayClient.OpenAsync(Host.Address, FromAfar);
        var hello = await again.AskAsync("connect", again.Device(key, new JsonObject { ["deviceToken"] = handed.GetProperty("deviceToken").GetString() }));
        Assert.Equal("device-token", hello.GetProperty("auth").GetProperty("method").GetString());
    }

    [Fact]
    public async Task Pairing01_CodeUsedTwice_OrForMore_IsRefused()
    {
        var made = await MakeAsync("operator");
        // Wider than it was made for: refused, and still good for what it was made for.
        Assert.Equal("AUTH_SCOPE_MISMATCH", await RefusalAsync(1, made, scopes: ["operator.admin"]));
        Assert.Equal("AUTH_SCOPE_MISMATCH", await RefusalAsync(1, made, role: "node"));
        Assert.Equal("DEVICE_IDENTITY_REQUIRED", await RefusalAsync(null, made));
        await using (var first = await GatewayClient.OpenAsync(Host.Address, FromAfar)) await first.AskAsync("connect", first.Device(new DeviceKey(1), Auth(made), scopes: ["operator.read"]));
        foreach (var device in (int[])[1, 2]) Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", await RefusalAsync(device, made, scopes: ["operator.read"]));
        Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", await RefusalAsync(1, made, scopes: ["operator.read", "operator.write"]));
    }

    [Fact]
    public async Task Code_UsedByManyAtOnce_LetsOneIn()
    {
        // Wrong codes count: fewer at once than would lock the address out.
        var made = await MakeAsync("operator");
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => GatewayClient.OpenAsync(Host.Address, FromAfar)));
        var answers = await Task.WhenAll(clients.Select((client, i) => client.RequestAsync("connect", client.Device(new DeviceKey(i), Auth(made)))));
        Assert.Single(answers, a => a.GetProperty("ok").GetBoolean());
        Assert.Single((await Owner.AskAsync("device.pair.list")).GetProperty("paired").EnumerateArray());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Code_AfterItsTime_IsWorthNothing_AndIsNowhereInClear()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var made = await owner.AskAsync("device.pair.setupCode", new JsonObject { ["bootstrapProfile"] = "operator" });
        Assert.DoesNotContain((string)Auth(made)["bootstrapToken"]!, File.ReadAllText(Path.Combine(host.Home, "gateway", "identity.json")), StringComparison.Ordinal);
        time.Advance(SetupCodes.Expiry + TimeSpan.FromSeconds(1));
        await using var late = await GatewayClient.OpenAsync(host.Address, FromAfar);
        var refused = await late.RequestAsync("connect", late.Device(new DeviceKey(1), Auth(made)));
        Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", refused.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Code_ForAPerson_GivesWhatTheirRoleBears()
    {
        await Owner.AskAsync("people.add", new JsonObject { ["profileId"] = "ann" });
        var made = await Owner.AskAsync("device.pair.setupCode", new JsonObject { ["bootstrapProfile"] = "operator", ["person"] = "ann", ["includeQr"] = false });
        Assert.False(made.TryGetProperty("qrDataUrl", out _));
        await using var phone = await GatewayClient.OpenAsync(Host.Address, FromAfar);
        var hello = await phone.AskAsync("connect", phone.Device(new DeviceKey(1), Auth(made), scopes: []));
        Assert.Equal(["operator.read", "operator.talk", "operator.write"], hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).Order());
        Assert.Equal("agent:main:direct:ann", hello.GetProperty("snapshot").GetProperty("sessionDefaults").GetProperty("mainSessionKey").GetString());
    }

    [Fact]
    public async Task Upgrade_Approved_GivesAWiderToken_ToTheDeviceThatAskedAlone()
    {
        var key = new DeviceKey(1);
        await using var device = await GatewayClient.OpenAsync(Host.Address);
        await device.AskAsync("connect", device.Device(key, new JsonObject { ["token"] = Host.Token }, scopes: ["operator.read"]));
        var requestId = (await device.AskAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.write") })).GetProperty("requestId").GetString();
        await using var other = await GatewayClient.OpenAsync(Host.Address);
        await other.AskAsync("connect", other.Device(new DeviceKey(2), new JsonObject { ["token"] = Host.Token }, scopes: ["operator.read"]));
        Assert.Equal("INVALID_REQUEST", Code(await other.RequestAsync("device.scopes.waitUpgrade", new JsonObject { ["requestId"] = requestId })));
        var waiting = device.AskAsync("device.scopes.waitUpgrade", new JsonObject { ["requestId"] = requestId });
        await Owner.AskAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId });
        var answer = await waiting;
        Assert.Equal("approved", answer.GetProperty("status").GetString());
        Assert.Equal(["operator.read", "operator.write"], answer.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).Order());
        await using var wider = await GatewayClient.OpenAsync(Host.Address);
        await wider.AskAsync("connect", wider.Device(key, new JsonObject { ["deviceToken"] = answer.GetProperty("deviceToken").GetString() }, scopes: ["operator.write"]));
    }

    [Fact]
    public async Task Upgrade_Rejected_IsTold()
    {
        await using var device = await GatewayClient.OpenAsync(Host.Address);
        await device.AskAsync("connect", device.Device(new DeviceKey(1), new JsonObject { ["token"] = Host.Token }, scopes: ["operator.read"]));
        var requestId = (await device.AskAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.admin") })).GetProperty("requestId").GetString();
        var waiting = device.AskAsync("device.scopes.waitUpgrade", new JsonObject { ["requestId"] = requestId });
        await Owner.AskAsync("device.pair.reject", new JsonObject { ["requestId"] = requestId });
        Assert.Equal("rejected", (await waiting).GetProperty("status").GetString());
    }

    private static JsonObject Auth(JsonElement made)
    {
        var code = JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(made.GetProperty("setupCode").GetString())))!;
        Assert.StartsWith("ws://", (string?)code["url"], StringComparison.Ordinal);
        return new JsonObject { ["bootstrapToken"] = (string)code["bootstrapToken"]! };
    }

    private Task<JsonElement> MakeAsync(string profile) => Owner.AskAsync("device.pair.setupCode", new JsonObject { ["bootstrapProfile"] = profile, ["includeQr"] = false });

    private async Task<string?> RefusalAsync(int? device, JsonElement made, string role = "operator", string[]? scopes = null)
    {
        await using var client = await GatewayClient.OpenAsync(Host.Address, FromAfar);
        var connect = device is { } number ? client.Device(new DeviceKey(number), Auth(made), role, scopes) : GatewayClient.Owner("");
        if (device is null) connect["auth"] = Auth(made);
        return (await client.RequestAsync("connect", connect)).GetProperty("error").GetProperty("details").GetProperty("code").GetString();
    }
}
