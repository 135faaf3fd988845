using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Commands.Offline;
using Appliance.Hosting.Offline;
using Models;
using Models.Crypto;
using TestKit;

namespace Appliance.Tests.Commands.Offline;

public sealed class OfflineCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Prove_Offline_EveryWayIsShutAndTheBoxSignsIt()
    {
        await File.WriteAllTextAsync(_home["appliance.json"], """{"network":{"offline":true}}""");
        var (code, text) = await RunAsync("prove", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(text);
        var report = json.RootElement.GetProperty("report").GetString()!;
        Assert.True(Ed25519.Verify(json.RootElement.GetProperty("public_key").GetBytesFromBase64(), Encoding.UTF8.GetBytes(report), json.RootElement.GetProperty("signature").GetBytesFromBase64()));
        using var inside = JsonDocument.Parse(report);
        Assert.True(inside.RootElement.GetProperty("holds").GetBoolean());
        var tried = inside.RootElement.GetProperty("tried").EnumerateArray().ToList();
        Assert.All(tried, t => Assert.True(t.GetProperty("refused").GetBoolean(), t.GetRawText()));
        // The door's five, and where the kernel can lock a thread, seven that pass by the door.
        var layers = inside.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetString()!).ToList();
        var isLocked = layers.Any(layer => layer.Contains("Landlock)", StringComparison.Ordinal) && layer.Contains("TCP", StringComparison.Ordinal)) && layers.Any(layer => layer.Contains("seccomp", StringComparison.Ordinal));
        Assert.Equal(isLocked ? 12 : 5, tried.Count);
        Assert.Equal((0, tried.Count), (inside.RootElement.GetProperty("bytes_out").GetInt32(), inside.RootElement.GetProperty("connections_refused").GetInt32()));
        Assert.Contains("refused before anything was sent", (await RunAsync("prove")).Text);
    }

    [Fact]
    public async Task Prove_NotOffline_TriesNothingAndSaysSo()
    {
        var (code, text) = await RunAsync("prove");
        Assert.Equal(1, code);
        Assert.Contains("off: set network.offline", text);
        Assert.DoesNotContain("tried", text);
    }

    [Fact]
    public async Task Enforce_Print_GivesRulesForTheUserOrTheCgroup()
    {
        var (code, text) = await RunAsync("enforce", "--print", "--user", "1234");
        Assert.Equal((0, true, true), (code, text.Contains("meta skuid 1234 counter reject", StringComparison.Ordinal), text.Contains("oifname \"lo\" accept", StringComparison.Ordinal)));
        Assert.Contains("socket cgroupv2 level 2 \"system.slice/appliance.service\" counter reject", (await RunAsync("enforce", "--print", "--cgroup", "/system.slice/appliance.service")).Text);
        await Assert.ThrowsAsync<ModelException>(() => RunAsync("enforce", "--print", "--cgroup", "a\" accept"));
    }

    [Fact]
    public void PortsHere_AnySetting_FindsThoseOfThisMachine()
    {
        var settings = JsonNode.Parse("""{"models":{"targets":{"a":{"url":"http://127.0.0.1:8080/v1"},"b":{"url":"https://api.example.com"}}},"mcp":{"servers":{"m":{"args":["ws://localhost:9000/x"]}}},"x":["http://[::1]/", 7, null]}""");
        Assert.Equal([80, 8080, 9000], OfflineLock.PortsHere(settings));
    }

    private async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await OfflineCommand.Create(() => _home.Path).Parse(arguments).InvokeAsync(new() { Output = output, Error = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }
}
