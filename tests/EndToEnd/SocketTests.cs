using System.Diagnostics;
using System.Globalization;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>What a thousand clients cost the published binary.</summary>
public sealed class SocketTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const int Idle = 1000, Active = 10;
    private const double MostResident = 48e6;

    [Fact]
    public async Task Sockets_AThousandIdle_CostLittle_AndAHandshakeIsShort()
    {
        using var home = new TemporaryFolder();
        await using var server = await StartAsync(home.Path, Token);
        var resident = await ResidentWithClientsAsync(server, async () =>
        {
            var times = new List<double>();
            for (var i = 0; i < 50; i++)
            {
                await using var client = await GatewayClient.OpenAsync(server.Client.BaseAddress!);
                var clock = Stopwatch.StartNew();
                await client.AskAsync("connect", GatewayClient.Owner(Token));
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            output.WriteLine(FormattableString.Invariant($"figure: gateway: {times.Order().ElementAt(25):F1} ms from connect to hello-ok (median of 50; goal 5)"));
        });
        output.WriteLine(FormattableString.Invariant($"figure: gateway: {resident / 1e6:F1} MB resident with 1,000 idle and 10 active sockets (goal 48)"));
        Assert.InRange(resident, 0, MostResident);
    }

    [CgroupFact]
    public async Task Sockets_AThousandIdle_FitInto64MB()
    {
        using var home = new TemporaryFolder();
        using var cgroup = new MemoryCgroup(64 << 20);
        await using var server = await StartAsync(home.Path, Token, cgroup.Wrap);
        var resident = await ResidentWithClientsAsync(server, () => Task.CompletedTask);
        output.WriteLine(FormattableString.Invariant($"figure: gateway: {resident / 1e6:F1} MB resident with 1,000 idle and 10 active sockets in a 64 MB cgroup, not killed"));
        Assert.False(server.Process.HasExited);
        Assert.InRange(resident, 0, MostResident);
    }

    /// <summary>Starts a server whose token its client knows.</summary>
    internal static async Task<RunningServer> StartAsync(string home, string token, Func<string, IEnumerable<string>, (string Program, string[] Arguments)>? wrap = null)
    {
        var file = Path.Combine(home, "token");
        await File.WriteAllTextAsync(file, token);
        var server = await RunningServer.StartAsync(home, wrap, "--token-file", file);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return server;
    }

    private static async Task<double> ResidentWithClientsAsync(RunningServer server, Func<Task> more)
    {
        var clients = new List<GatewayClient>();
        try
        {
            for (var i = 0; i < Idle + Active; i++) clients.Add(await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token));
            await more();
            foreach (var round in Enumerable.Range(0, 20))
            {
                foreach (var client in clients.TakeLast(Active))
                    Assert.True((await client.RequestAsync(round % 2 == 0 ? "status" : "sessions.list")).GetProperty("ok").GetBoolean());
            }
            return Resident(server.Process);
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    private static double Resident(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
