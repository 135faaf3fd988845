using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>config.* and secrets.* over a real socket, on a real file.</summary>
public sealed class ConfigMethodTests : GatewayTest
{
    private const string Secret = "inline-inline-inline-inline-inline-1";

    private string File => Path.Combine(Host.Home, "appliance.json");

    [Fact]
    public async Task Set_ThenGet_HasItWithItsComments_AndClientsHear()
    {
        var before = await Owner.AskAsync("config.get");
        Assert.False(before.GetProperty("exists").GetBoolean());
        var written = await Owner.AskAsync("config.set", Raw("{ // mine\n \"models\": {\"default\": \"tiny\"} }", Hash(before)));
        Assert.True(written.GetProperty("ok").GetBoolean());
        var changed = await Owner.EventAsync("config.changed");
        Assert.Equal("models.default", changed.GetProperty("changedPaths")[0].GetString());
        var after = await Owner.AskAsync("config.get");
        Assert.Equal(Hash(written), Hash(after));
        Assert.Contains("// mine", after.GetProperty("raw").GetString());
        Assert.Equal("tiny", after.GetProperty("config").GetProperty("models").GetProperty("default").GetString());
        Assert.Equal("{ // mine\n \"models\": {\"default\": \"tiny\"} }", await System.IO.File.ReadAllTextAsync(File));
    }

    // scope-02: secrets are in no copy of the value, for nobody.
    [Fact]
    public async Task Get_WithASecretInTheFile_ShowsItInNoCopy_AndThePlaceholderComesBackAsTheSecret()
    {
        await Owner.AskAsync("config.set", Raw($$"""{"gateway": {"token": "{{Secret}}"}, "gatway": {"token": "{{Secret}}"} } // was {{Secret}}"""));
        await using var reader = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read"]);
        foreach (var client in (GatewayClient[])[reader, Owner])
        {
            foreach (var method in (string[])["config.get", "skills.status", "logs.tail", "config.schema"])
                Assert.DoesNotContain(Secret, (await client.RequestAsync(method)).GetRawText(), StringComparison.Ordinal);
        }
        var seen = await Owner.AskAsync("config.get");
        var raw = seen.GetProperty("raw").GetString()!;
        Assert.Contains("__OPENCLAW_REDACTED__", raw);
        // secrets-02: what was hidden goes back as it was, and is never written as the placeholder.
        var written = await Owner.AskAsync("config.set", Raw(raw.Replace("{\"gateway\": {", "{\"gateway\": {\"port\": 4711, ", StringComparison.Ordinal), Hash(seen)));
        Assert.DoesNotContain(Secret, written.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("gateway.port", written.GetProperty("restart").GetProperty("paths")[0].GetString());
        var file = await System.IO.File.ReadAllTextAsync(File);
        Assert.Equal(3, file.Split(Secret).Length - 1);
        Assert.DoesNotContain("REDACTED", file);
    }

    [Fact]
    public async Task Patch_MergesAndNeedsTheHash()
    {
        await Owner.AskAsync("config.set", Raw("""{"gateway": {"port": 1}, /* kept */ "models": {"default": "a"}}"""));
        var seen = await Owner.AskAsync("config.get");
        Assert.Contains("base hash required", await ErrorAsync("config.patch", Raw("""{"models": {"default": "b"}}""")));
        var patched = await Owner.AskAsync("config.patch", Raw("""{"models": {"default": "b"}, "gateway": null}""", Hash(seen)));
        Assert.Equal(["gateway.port", "models.default"], patched.GetProperty("changedPaths").EnumerateArray().Select(p => p.GetString()).Order());
        Assert.Contains("/* kept */", await System.IO.File.ReadAllTextAsync(File));
        Assert.Contains("re-run config.get", await ErrorAsync("config.patch", Raw("""{"models": null}""", Hash(seen))));
        Assert.True((await Owner.AskAsync("config.patch", Raw("{}"))).GetProperty("noop").GetBoolean());
    }

    [Theory]
    [InlineData("config.set", "{")]
    [InlineData("config.set", "[]")]
    [InlineData("config.set", """{"gateway": {"port": 99999}}""")]
    [InlineData("config.set", """{"gateway": {"bind": "0.0.0.0"}}""")]
    [InlineData("config.set", """{"gateway": {"token": "__OPENCLAW_REDACTED__"}}""")]
    [InlineData("config.set", """{"gateway": {"token": {"command": ["id"]}}}""")]
    [InlineData("config.set", """{"mcp": {"servers": {"a": {"command": "/bin/sh", "args": ["-c", "id"], "cwd": "/"}}}}""")]
    [InlineData("config.apply", """{"$include": "/etc/passwd"}""")]
    [InlineData("config.patch", """{"models": {"keepAlive": "soon"}}""")]
    public async Task Write_WhatCannotBe_IsRefusedAndChangesNothing(string method, string raw)
    {
        var response = await Owner.RequestAsync(method, Raw(raw));
        Assert.Equal("INVALID_REQUEST", Code(response));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Get_WithABrokenFile_SaysWhatIsWrong_AndASetRepairsIt()
    {
        await System.IO.File.WriteAllTextAsync(File, "{ \"models\": ");
        var seen = await Owner.AskAsync("config.get");
        Assert.False(seen.GetProperty("valid").GetBoolean());
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("raw").ValueKind);
        Assert.Contains("line 1", seen.GetProperty("issues")[0].GetProperty("message").GetString());
        await Owner.AskAsync("config.set", Raw("{}", Hash(seen)));
        Assert.True((await Owner.AskAsync("config.get")).GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task Schema_LookedUp_SaysWhatAndHow()
    {
        var port = await Owner.AskAsync("config.schema.lookup", new JsonObject { ["path"] = "gateway.port" });
        Assert.Equal(("restart", 65535), (port.GetProperty("reloadKind").GetString(), port.GetProperty("schema").GetProperty("maximum").GetInt32()));
        var gateway = await Owner.AskAsync("config.schema.lookup", new JsonObject { ["path"] = "gateway" });
        Assert.Contains(gateway.GetProperty("children").EnumerateArray(), c => c.GetProperty("key").GetString() == "token" && c.GetProperty("hint").GetProperty("sensitive").GetBoolean());
        Assert.Contains("unknown config path", await ErrorAsync("config.schema.lookup", new JsonObject { ["path"] = "no.such" }));
        Assert.True((await Owner.AskAsync("config.schema")).GetProperty("schema").GetProperty("properties").TryGetProperty("gateway", out _));
    }

    [Fact]
    public async Task Secrets_PutIn_AreListedByNameAndNeverShown()
    {
        var set = await Owner.AskAsync("secrets.store.set", new JsonObject { ["name"] = "MY_KEY", ["value"] = Secret, ["kind"] = "secret" });
        Assert.True(set.GetProperty("ok").GetBoolean());
        var list = await Owner.AskAsync("secrets.store.list");
        Assert.Equal("MY_KEY", list.GetProperty("entries")[0].GetProperty("name").GetString());
        Assert.DoesNotContain(Secret, list.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, (await Owner.AskAsync("secrets.resolve", new JsonObject { ["commandName"] = "x", ["targetIds"] = new JsonArray("MY_KEY") })).GetRawText(), StringComparison.Ordinal);
        var file = Path.Combine(Host.Home, "secrets", "MY_KEY");
        Assert.Equal(Secret, await System.IO.File.ReadAllTextAsync(file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
        Assert.Contains("must match pattern", await ErrorAsync("secrets.store.set", new JsonObject { ["name"] = "../x", ["value"] = "v", ["kind"] = "secret" }));
        await Owner.AskAsync("secrets.store.delete", new JsonObject { ["name"] = "MY_KEY" });
        Assert.False(System.IO.File.Exists(file));
        Assert.Equal(0, (await Owner.AskAsync("secrets.reload")).GetProperty("warningCount").GetInt32());
    }

    private async Task<string> ErrorAsync(string method, JsonObject parameters) => (await Owner.RequestAsync(method, parameters)).GetProperty("error").GetProperty("message").GetString()!;

    private static JsonObject Raw(string raw, string? hash = null) => hash is null ? new() { ["raw"] = raw } : new() { ["raw"] = raw, ["baseHash"] = hash };

    private static string Hash(JsonElement answer) => answer.GetProperty("hash").GetString()!;
}
