using System.Globalization;
using System.Net;
using TestKit;

namespace EndToEnd;

/// <summary>Where the published binary listens, and where it refuses to. Tests are named by the attack's id.</summary>
public sealed class ExposureTests
{
    [Fact]
    public async Task Exposure01_Defaults_ListenOnLoopbackAlone()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(home.Path);
        var folder = $"/proc/{server.Process.Id.ToString(CultureInfo.InvariantCulture)}";
        var own = Directory.EnumerateFiles($"{folder}/fd").Select(f => new FileInfo(f).LinkTarget ?? "").Where(t => t.StartsWith("socket:[", StringComparison.Ordinal)).Select(t => t[8..^1]).ToHashSet();
        // proc(5): "sl local_address rem_address st … inode"; state 0A listens. An address is hexadecimal words in the machine's order.
        var listening = new[] { "tcp", "tcp6" }.SelectMany(kind => File.ReadLines($"{folder}/net/{kind}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(l => l[3] == "0A" && own.Contains(l[9])).Select(l => Address(l[1].Split(':')[0])).ToList();
        Assert.NotEmpty(listening);
        Assert.All(listening, address => Assert.True(IPAddress.IsLoopback(address), address.ToString()));
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("undefined"), InlineData("null"), InlineData("changeme"), InlineData("12345678"), InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Exposure01Exposure02_BeyondLoopbackWithoutAStrongSecret_RefusesToStart(string? token)
    {
        using var home = new TemporaryFolder();
        var environment = token is null ? null : new Dictionary<string, string> { ["APPLIANCE_GATEWAY_TOKEN"] = token };
        var run = await ApplianceBinary.RunWithAsync(home.Path, environment, "", "serve", "--port", "0", "--bind", "0.0.0.0");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("openssl rand -hex 32", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("listening", run.Output, StringComparison.Ordinal);
    }

    private static IPAddress Address(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        for (var at = 0; at < bytes.Length; at += 4) Array.Reverse(bytes, at, 4);
        return new IPAddress(bytes);
    }
}
