using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Appliance.Tests.Http;
using Runtime.Audit.Verification;
using TestKit;

namespace Appliance.Tests.Gateway;

/// <summary>
/// The box's clock is set: ahead, back, and to 1970, as on a board without a clock of its own. Nobody is locked out, nothing is lost, and
/// nothing that was over comes back. Jobs have tests of their own.
/// </summary>
public sealed class ClockTests
{
    private static readonly Dictionary<string, string> FromAfar = new() { ["X-Forwarded-For"] = "203.0.113.9" };

    public static readonly TheoryData<string> Jumps = ["+400 days", "-20 years", "1970"];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Jump_OwnerAndDevicesComeIn_WhatWasSaidIsThere_AndTheRecordVerifies(string jump)
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(options => options with { Time = time });
        var key = new DeviceKey(3);
        string deviceToken;
        await using (var owner = await GatewayClient.ConnectAsync(host.Address, host.Token))
        {
            await SayAsync(owner, "before", "r1");
            await using var phone = await GatewayClient.OpenAsync(host.Address);
            deviceToken = (await phone.AskAsync("connect", phone.Device(key, new JsonObject { ["token"] = host.Token }))).GetProperty("auth").GetProperty("deviceToken").GetString()!;
        }
        foreach (var restart in (bool[])[false, true])
        {
            if (!restart) time.SetClock(After(time, jump));
            else await host.RestartAsync();
            await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
            await using var phone = await GatewayClient.OpenAsync(host.Address, FromAfar);
            Assert.Equal("device-token", (await phone.AskAsync("connect", phone.Device(key, new JsonObject { ["deviceToken"] = deviceToken }))).GetProperty("auth").GetProperty("method").GetString());
            await SayAsync(owner, $"after {restart}", $"r2 {restart}");
            Assert.Equal("ok", (await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "before", ["idempotencyKey"] = "r1" })).GetProperty("status").GetString());
        }
        await using (var owner = await GatewayClient.ConnectAsync(host.Address, host.Token))
        {
            var history = await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
            Assert.Equal(["before", "after False", "after True"], history.GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "user").Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()));
        }
        await host.StopAsync();
        Assert.Empty(AuditVerifier.Verify(host.Home).Findings);
        Assert.Empty(host.Bugs);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Jump_WhatWasOver_StaysOver_AndWhatIsOpenLastsAsLongAsItWasTo(string jump)
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(options => options with { Time = time });
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var code = (await owner.AskAsync("device.pair.setupCode")).GetProperty("setupCode").GetString()!;
        var (over, open) = (await AskAsync(owner, "one", TimeSpan.FromMinutes(5)), await AskAsync(owner, "two", TimeSpan.FromMinutes(20)));
        time.Advance(TimeSpan.FromMinutes(11));
        time.SetClock(After(time, jump));

        Assert.Equal("APPROVAL_NOT_FOUND", Code(await ResolveAsync(owner, over)));
        Assert.Equal(open, Assert.Single((await owner.AskAsync("exec.approval.list")).EnumerateArray()).GetProperty("id").GetString());
        await using (var phone = await GatewayClient.OpenAsync(host.Address, FromAfar))
        {
            var token = JsonNode.Parse(Base64Url.DecodeFromChars(code))!["bootstrapToken"]!.GetValue<string>();
            var refused = await phone.RequestAsync("connect", phone.Device(new DeviceKey(4), new JsonObject { ["bootstrapToken"] = token }, role: "node"));
            Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", refused.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        }
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("APPROVAL_NOT_FOUND", Code(await ResolveAsync(owner, open)));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Jump_Lockout_LastsItsFiveMinutesAndNoLonger(string jump)
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(options => options with { Time = time });
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
        {
            await using var stranger = await GatewayClient.OpenAsync(host.Address);
            await stranger.RequestAsync("connect", GatewayClient.Owner($"wrong {i}"));
        }
        time.SetClock(After(time, jump));
        await using (var early = await GatewayClient.OpenAsync(host.Address))
            Assert.Equal("AUTH_RATE_LIMITED", (await early.RequestAsync("connect", GatewayClient.Owner(host.Token))).GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        time.Advance(AttemptLimiter.Lockout + TimeSpan.FromSeconds(1));
        await using var late = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.True((await late.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    private static DateTimeOffset After(ManualTime time, string jump) => jump switch
    {
        "1970" => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(30),
        "+400 days" => time.GetUtcNow().AddDays(400),
        _ => time.GetUtcNow().AddYears(-20),
    };

    private static async Task SayAsync(GatewayClient client, string text, string runId)
    {
        await client.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = text, ["idempotencyKey"] = runId });
        await client.EventAsync("chat", c => c.GetProperty("runId").GetString() == runId && c.GetProperty("state").GetString() == "final");
    }

    private static async Task<string> AskAsync(GatewayClient owner, string command, TimeSpan time)
    {
        await owner.SendRequestAsync("exec.approval.request", new JsonObject { ["command"] = command, ["id"] = command, ["timeoutMs"] = (long)time.TotalMilliseconds });
        return (await owner.EventAsync("exec.approval.requested")).GetProperty("id").GetString()!;
    }

    private static Task<JsonElement> ResolveAsync(GatewayClient owner, string id) => owner.RequestAsync("exec.approval.resolve", new JsonObject { ["id"] = id, ["decision"] = "allow-once" });

    private static string? Code(JsonElement response) => response.GetProperty("error").GetProperty("code").GetString();
}
