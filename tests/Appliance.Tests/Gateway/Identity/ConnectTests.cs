using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Identity;

/// <summary>Who gets in, over real sockets. A forwarded-for header makes a client of this machine a stranger, as a proxy would.</summary>
public sealed class ConnectTests
{
    private static readonly Dictionary<string, string> FromAfar = new() { ["X-Forwarded-For"] = "203.0.113.9" };

    [Theory]
    [InlineData("v3")]
    [InlineData("v2")]
    public async Task Device_OnThisMachineWithTheToken_IsPairedAtOnce(string version)
    {
        await using var host = await TestHost.StartAsync();
        var key = new DeviceKey(1);
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var hello = await client.AskAsync("connect", client.Device(key, Auth(host.Token), version: version));
        Assert.Equal(["operator.read", "operator.write"], Scopes(hello));
        Assert.Equal(43, hello.GetProperty("auth").GetProperty("deviceToken").GetString()!.Length);
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var paired = (await owner.AskAsync("device.pair.list")).GetProperty("paired")[0];
        Assert.Equal(key.Id, paired.GetProperty("deviceId").GetString());
        Assert.True(paired.GetProperty("connected").GetBoolean());
    }

    [Theory]
    [InlineData("id", "0000", "DEVICE_AUTH_DEVICE_ID_MISMATCH")]
    [InlineData("publicKey", "AAAA", "DEVICE_AUTH_PUBLIC_KEY_INVALID")]
    [InlineData("signature", "AAAA", "DEVICE_AUTH_SIGNATURE_INVALID")]
    [InlineData("nonce", "other", "DEVICE_AUTH_NONCE_MISMATCH")]
    [InlineData("nonce", null, "DEVICE_AUTH_NONCE_REQUIRED")]
    [InlineData("signedAt", "old", "DEVICE_AUTH_SIGNATURE_EXPIRED")]
    [InlineData("scopes", "operator.admin", "DEVICE_AUTH_SIGNATURE_INVALID")]
    public async Task Device_ProofThatIsNone_IsRefused(string field, string? value, string code)
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var connect = client.Device(new DeviceKey(1), Auth(host.Token), change: c =>
        {
            if (field == "scopes") c["scopes"] = new JsonArray(value!);
            else if (field == "signedAt") c["device"]!["signedAt"] = c["device"]!["signedAt"]!.GetValue<long>() - 121_000;
            else c["device"]![field] = value;
        });
        Assert.Equal(code, await RefusalAsync(client, connect));
    }

    [Theory]
    [InlineData("token", "wrong", "AUTH_TOKEN_MISMATCH")]
    [InlineData("password", "wrong", "AUTH_PASSWORD_MISMATCH")]
    [InlineData("deviceToken", "wrong", "AUTH_DEVICE_TOKEN_MISMATCH")]
    [InlineData("bootstrapToken", "wrong", "AUTH_BOOTSTRAP_TOKEN_INVALID")]
    [InlineData("token", "", "AUTH_TOKEN_MISSING")]
    public async Task Credentials_Wrong_AreRefusedByTheirCode(string kind, string value, string code)
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        Assert.Equal(code, await RefusalAsync(client, client.Device(new DeviceKey(1), new JsonObject { [kind] = value })));
    }

    [Fact]
    public async Task Probe_GetsNoScopes_AndCanAskForHealthAlone()
    {
        await using var host = await TestHost.StartAsync();
        await using var probe = await GatewayClient.ConnectAsync(host.Address, host.Token, mode: "probe");
        Assert.Empty(Scopes(probe.Hello));
        Assert.True((await probe.RequestAsync("health")).GetProperty("ok").GetBoolean());
        var error = (await probe.RequestAsync("status")).GetProperty("error");
        Assert.Equal("FORBIDDEN", error.GetProperty("code").GetString());
        Assert.Equal("MISSING_SCOPE", error.GetProperty("details").GetProperty("code").GetString());
        Assert.Equal("operator.read", error.GetProperty("details").GetProperty("missingScope").GetString());
    }

    [Theory]
    [InlineData("operator", "openclaw-tui")]
    [InlineData("operator", "openclaw-control-ui")]
    [InlineData("node", "cli")]
    public async Task WithoutADevice_UiAndNode_AreRefused(string role, string clientId)
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var connect = GatewayClient.Owner(host.Token);
        (connect["role"], connect["client"]!["id"]) = (role, clientId);
        Assert.Equal("DEVICE_IDENTITY_REQUIRED", await RefusalAsync(client, connect));
    }

    [Fact]
    public async Task Scopes_ThatAreNone_AreNotGranted()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token, ["operator.read", "operator.everything", "root"]);
        Assert.Equal(["operator.read"], Scopes(client.Hello));
        Assert.False((await client.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "x", ["idempotencyKey"] = "1" })).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task WrongTokens_AtOnceOrOneByOne_LockTheAddressOut()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            await using var client = await GatewayClient.OpenAsync(host.Address, i % 2 == 0 ? null : new Dictionary<string, string> { ["X-Forwarded-For"] = $"203.0.113.{i}" });
            await client.RequestAsync("connect", GatewayClient.Owner($"wrong {i}"));
        }));
        await using var right = await GatewayClient.OpenAsync(host.Address);
        var error = (await right.RequestAsync("connect", GatewayClient.Owner(host.Token))).GetProperty("error");
        Assert.Equal("AUTH_RATE_LIMITED", error.GetProperty("details").GetProperty("code").GetString());
        Assert.True(error.GetProperty("retryAfterMs").GetInt64() > 0);
        time.Advance(AttemptLimiter.Lockout + TimeSpan.FromSeconds(1));
        await using var later = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.True((await later.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Device_FromAfar_WaitsForApproval_ThenComesBackWithItsToken()
    {
        await using var host = await TestHost.StartAsync();
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var key = new DeviceKey(1);
        string requestId;
        await using (var first = await GatewayClient.OpenAsync(host.Address, FromAfar))
        {
            var error = (await first.RequestAsync("connect", first.Device(key, Auth(host.Token)))).GetProperty("error");
            Assert.Equal("NOT_PAIRED", error.GetProperty("code").GetString());
            Assert.Equal("PAIRING_REQUIRED", error.GetProperty("details").GetProperty("code").GetString());
            Assert.Equal("not-paired", error.GetProperty("details").GetProperty("reason").GetString());
            requestId = error.GetProperty("details").GetProperty("requestId").GetString()!;
        }
        Assert.Equal(requestId, (await owner.EventAsync("device.pair.requested")).GetProperty("requestId").GetString());
        await owner.AskAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId });
        string token;
        await using (var second = await GatewayClient.OpenAsync(host.Address, FromAfar))
            token = (await second.AskAsync("connect", second.Device(key, Auth(host.Token)))).GetProperty("auth").GetProperty("deviceToken").GetString()!;

        await using var third = await GatewayClient.OpenAsync(host.Address, FromAfar);
        var hello = await third.AskAsync("connect", third.Device(key, new JsonObject { ["deviceToken"] = token }));
        Assert.Equal("device-token", hello.GetProperty("auth").GetProperty("method").GetString());
        Assert.Equal(["operator.read", "operator.write"], Scopes(hello));

        // Its own token is worth nothing without its key, nor for more than it was given.
        await using var thief = await GatewayClient.OpenAsync(host.Address, FromAfar);
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", await RefusalAsync(thief, thief.Device(new DeviceKey(2), new JsonObject { ["deviceToken"] = token })));
        await using var greedy = await GatewayClient.OpenAsync(host.Address, FromAfar);
        Assert.Equal("AUTH_SCOPE_MISMATCH", await RefusalAsync(greedy, greedy.Device(key, new JsonObject { ["deviceToken"] = token }, scopes: ["operator.admin"])));
        await using var other = await GatewayClient.OpenAsync(host.Address, FromAfar);
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", await RefusalAsync(other, other.Device(key, new JsonObject { ["deviceToken"] = token }, role: "node")));
    }

    [Fact]
    public async Task Pairing_Waits_NotForEver()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await using (var device = await GatewayClient.OpenAsync(host.Address, FromAfar)) await RefusalAsync(device, device.Device(new DeviceKey(1), Auth(host.Token)));
        Assert.Single((await owner.AskAsync("device.pair.list")).GetProperty("pending").EnumerateArray());
        time.Advance(PairingBook.Expiry + TimeSpan.FromSeconds(1));
        Assert.Empty((await owner.AskAsync("device.pair.list")).GetProperty("pending").EnumerateArray());
    }

    [Fact]
    public async Task Approval_ByOneWhoHoldsLess_IsRefused()
    {
        await using var host = await TestHost.StartAsync();
        await using var pairing = await GatewayClient.ConnectAsync(host.Address, host.Token, ["operator.pairing", "operator.read"]);
        await using (var device = await GatewayClient.OpenAsync(host.Address, FromAfar))
            await RefusalAsync(device, device.Device(new DeviceKey(1), Auth(host.Token), scopes: ["operator.admin"]));
        var requestId = (await pairing.EventAsync("device.pair.requested")).GetProperty("requestId").GetString();
        var error = (await pairing.RequestAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId })).GetProperty("error");
        Assert.Equal("FORBIDDEN", error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("device.pair.remove", null)]
    [InlineData("device.token.revoke", "operator")]
    [InlineData("device.token.rotate", "operator")]
    public async Task Revocation_ClosesTheSocket_AndTheTokenIsWorthNothing(string method, string? role)
    {
        await using var host = await TestHost.StartAsync();
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var key = new DeviceKey(1);
        await using var device = await GatewayClient.OpenAsync(host.Address);
        var token = (await device.AskAsync("connect", device.Device(key, Auth(host.Token)))).GetProperty("auth").GetProperty("deviceToken").GetString()!;
        await owner.AskAsync(method, new JsonObject { ["deviceId"] = key.Id, ["role"] = role });
        await device.ClosedAsync();
        Assert.Equal(4001, (int)device.CloseStatus!);
        await using var again = await GatewayClient.OpenAsync(host.Address);
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", await RefusalAsync(again, again.Device(key, new JsonObject { ["deviceToken"] = token })));
    }

    [Fact]
    public async Task State_HoldsNoSecretInClear_AndSurvivesARestart()
    {
        using var home = new TemporaryFolder();
        var store = IdentityStore.Open(home.Path);
        var token = SharedToken.Choose(null, store, renew: false);
        var pairing = new PairingBook(store, TimeProvider.System);
        pairing.Add(new PairedDevice("d", "k"), "operator", ["operator.read"], "silent");
        var deviceToken = pairing.Rotate("d", "operator", ["operator.read"]);
        var text = await File.ReadAllTextAsync(home["gateway/identity.json"]);
        Assert.DoesNotContain(token.Shown!, text, StringComparison.Ordinal);
        Assert.DoesNotContain(deviceToken, text, StringComparison.Ordinal);

        var reopened = IdentityStore.Open(home.Path);
        var same = SharedToken.Choose(null, reopened, renew: false);
        Assert.Null(same.Shown);
        Assert.True(same.Matches(token.Shown));
        Assert.False(same.Matches(token.Shown + "x"));
        Assert.True(Secret.Matches(deviceToken, new PairingBook(reopened, TimeProvider.System).Find("d")!.Tokens[0].Hash));
        Assert.False(SharedToken.Choose(null, reopened, renew: true).Matches(token.Shown));
    }

    [Fact]
    public void State_ThatIsDamaged_IsNotReplacedByAnEmptyOne()
    {
        using var home = new TemporaryFolder();
        Directory.CreateDirectory(home["gateway"]);
        File.WriteAllText(home["gateway/identity.json"], "{ \"devices\": [");
        Assert.Contains("identity.json", Assert.Throws<Models.ModelException>(() => IdentityStore.Open(home.Path)).Message, StringComparison.Ordinal);
        Assert.Equal("{ \"devices\": [", File.ReadAllText(home["gateway/identity.json"]));
    }

    private static JsonObject Auth(string token) => new() { ["token"] = token };

    private static string[] Scopes(JsonElement hello) => [.. hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()!)];

    private static async Task<string?> RefusalAsync(GatewayClient client, JsonObject connect)
    {
        var response = await client.RequestAsync("connect", connect);
        Assert.False(response.GetProperty("ok").GetBoolean(), response.ToString());
        return response.GetProperty("error").GetProperty("details").GetProperty("code").GetString();
    }
}
