using System.Diagnostics;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Tests.Gateway.Methods;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Identity;

/// <summary>Attacks that were made on gateways of this protocol, each under its number in the reference folder's evals/attacks.jsonl.</summary>
public sealed class AttackTests(ITestOutputHelper output) : GatewayTest
{
    private static readonly Dictionary<string, string> FromAfar = new() { ["X-Forwarded-For"] = "203.0.113.9" };

    [Fact]
    public async Task Auth02_WrongTokenWithADeviceBlock_IsAMismatch_AndNothingIsPaired()
    {
        await using var client = await GatewayClient.OpenAsync(Host.Address);
        Assert.Equal("AUTH_TOKEN_MISMATCH", await RefusalAsync(client, client.Device(new DeviceKey(1), new JsonObject { ["token"] = "wrong" })));
        // The device's own proof is looked at too, whatever the token.
        await using var forged = await GatewayClient.OpenAsync(Host.Address);
        Assert.Equal("DEVICE_AUTH_SIGNATURE_INVALID", await RefusalAsync(forged, forged.Device(new DeviceKey(1), new JsonObject { ["token"] = Host.Token }, change: c => c["device"]!["signature"] = new string('A', 86))));
        Assert.Empty((await Owner.AskAsync("device.pair.list")).GetProperty("paired").EnumerateArray());
    }

    [Fact]
    public async Task Scope01_SelfDeclaredScopes_AreNotGrantedToANode_NorByADevicesToken()
    {
        await using var node = await GatewayClient.OpenAsync(Host.Address);
        var hello = await node.AskAsync("connect", node.Device(new DeviceKey(1), new JsonObject { ["token"] = Host.Token }, role: "node", scopes: ["operator.admin"]));
        Assert.Empty(hello.GetProperty("auth").GetProperty("scopes").EnumerateArray());
        Assert.Equal("INVALID_REQUEST", Code(await node.RequestAsync("config.get")));
    }

    [Theory]
    [InlineData("gateway.token.rotate")]
    [InlineData("device.token.rotate")]
    public async Task Revocation01_RotatedToken_ClosesItsSockets_AndIsWorthNothing(string method)
    {
        var key = new DeviceKey(1);
        await using var device = await GatewayClient.OpenAsync(Host.Address);
        var token = (await device.AskAsync("connect", device.Device(key, new JsonObject { ["token"] = Host.Token }))).GetProperty("auth").GetProperty("deviceToken").GetString()!;
        var shared = method == "gateway.token.rotate";
        var clock = Stopwatch.StartNew();
        var rotated = (await Owner.AskAsync(method, shared ? null : new JsonObject { ["deviceId"] = key.Id, ["role"] = "operator" })).GetProperty("token").GetString()!;
        await device.ClosedAsync();
        output.WriteLine($"figure: revocation: a rotated token's socket is closed after {clock.Elapsed.TotalMilliseconds:0.0} ms");
        Assert.Equal(4001, (int)device.CloseStatus!);
        if (shared) await Owner.ClosedAsync();
        await using var again = await GatewayClient.OpenAsync(Host.Address);
        Assert.False((await again.RequestAsync("connect", shared ? GatewayClient.Owner(Host.Token) : again.Device(key, new JsonObject { ["deviceToken"] = token }))).GetProperty("ok").GetBoolean());
        if (shared) await (await GatewayClient.ConnectAsync(Host.Address, rotated)).DisposeAsync();
    }

    [Fact]
    public async Task Pairing02_GivingMoreThanOneHolds_IsRefused()
    {
        await using var pairing = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.pairing", "operator.read"]);
        await using (var device = await GatewayClient.OpenAsync(Host.Address, FromAfar))
            await RefusalAsync(device, device.Device(new DeviceKey(1), new JsonObject { ["token"] = Host.Token }, scopes: ["operator.admin"]));
        var requestId = (await pairing.EventAsync("device.pair.requested")).GetProperty("requestId").GetString();
        Assert.Equal("FORBIDDEN", Code(await pairing.RequestAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId })));
        await Owner.AskAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId });

        await using var narrow = await GatewayClient.OpenAsync(Host.Address);
        var key = new DeviceKey(2);
        await narrow.AskAsync("connect", narrow.Device(key, new JsonObject { ["token"] = Host.Token }, scopes: ["operator.read"]));
        foreach (var scope in (string[])["operator.write", "operator.admin"])
            Assert.Equal("FORBIDDEN", Code(await pairing.RequestAsync("device.token.rotate", new JsonObject { ["deviceId"] = key.Id, ["role"] = "operator", ["scopes"] = new JsonArray(scope) })));
    }

    [Fact]
    public async Task Bruteforce04_WrongTokenBesideARandomDeviceToken_IsCounted()
    {
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
        {
            await using var client = await GatewayClient.OpenAsync(Host.Address);
            var connect = GatewayClient.Owner("wrong");
            connect["auth"]!["deviceToken"] = Secret.New();
            await client.RequestAsync("connect", connect);
        }
        await using var right = await GatewayClient.OpenAsync(Host.Address);
        Assert.Equal("AUTH_RATE_LIMITED", await RefusalAsync(right, GatewayClient.Owner(Host.Token)));
    }

    [Fact]
    public void Timing01_AGuessThatBeginsRight_TakesAsLongAsOneThatDoesNot()
    {
        var token = Secret.New();
        var hash = Secret.Hash(token);
        var (wrong, close) = (new List<long>(), new List<long>());
        string[] guesses = ["", "x", new string('x', 43), new string('x', 200)];
        for (var i = 0; i < 10_000; i++)
        {
            wrong.Add(Time(guesses[2]));
            close.Add(Time(token[..42] + "x"));
        }
        wrong.Sort();
        close.Sort();
        var ratio = (double)close[5000] / Math.Max(1, wrong[5000]);
        output.WriteLine($"figure: timing: a token right but for its last character takes {ratio:0.000} times as long as one all wrong (medians of 10,000)");
        Assert.InRange(ratio, 0.5, 2);
        Assert.All(guesses, guess => Assert.False(Secret.Matches(guess, hash)));

        long Time(string guess)
        {
            var start = Stopwatch.GetTimestamp();
            Secret.Matches(guess, hash);
            return Stopwatch.GetTimestamp() - start;
        }
    }

    [Fact]
    public void Cost01_RequestsOfOneIdentity_ShareOneBudget_HoweverManyConnections()
    {
        var limiter = new RequestLimiter(new ManualTime());
        var (one, other) = (new Principal(Principal.Operator, Scope.All, "d1", "token"), new Principal(Principal.Operator, Scope.All, "d2", "token"));
        var passed = 0;
        Parallel.For(0, RequestLimiter.SensitiveBurst * 4, i =>
        {
            try
            {
                limiter.Take(one, $"connection {i}", isSensitive: true);
                Interlocked.Increment(ref passed);
            }
            catch (GatewayException e)
            {
                Assert.True(e.RetryAfterMs > 0);
            }
        });
        Assert.Equal(RequestLimiter.SensitiveBurst, passed);
        limiter.Take(one, "c", isSensitive: false);
        limiter.Take(other, "c", isSensitive: true);
    }

    private static async Task<string?> RefusalAsync(GatewayClient client, JsonObject connect) =>
        (await client.RequestAsync("connect", connect)).GetProperty("error").GetProperty("details").GetProperty("code").GetString();
}
