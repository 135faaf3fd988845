using System.Text;
using System.Text.Json;
using Appliance.Commands.Offline;
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
        Assert.Equal(5, inside.RootElement.GetProperty("tried").EnumerateArray().Count(t => t.GetProperty("refused").GetBoolean()));
        Assert.Equal((0, 5), (inside.RootElement.GetProperty("bytes_out").GetInt32(), inside.RootElement.GetProperty("connections_refused").GetInt32()));
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

    private async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await OfflineCommand.Create(() => _home.Path).Parse(arguments).InvokeAsync(new() { Output = output, Error = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }
}
