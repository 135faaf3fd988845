using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>
/// The published binary in a network of its own whose every way out ends in a trap that counts packets: offline, turns and tools that want
/// out send none; not even a question for an address.
/// </summary>
public sealed class OfflineTests(StoryModel story, ITestOutputHelper output) : IClassFixture<StoryModel>
{
    // Two ends of one wire, and everything beyond this machine leads into it. What it sends at all is counted, ARP included.
    private const string Trap = "ip link set lo up && ip link add trap type veth peer name end && echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && " +
        "ip addr add 10.99.0.2/24 dev trap && ip link set trap up && ip link set end up && ip route add default via 10.99.0.1";

    [TrapFact]
    public Task Offline_TurnsAndToolsThatWantOut_SendNoPacket() => RunAsync(20);

    [TrapFact, Trait("Speed", "Slow")]
    public Task Offline_AThousandTurnsAndToolsThatWantOut_SendNoPacket() => RunAsync(1000);

    private async Task RunAsync(int turns)
    {
        using var home = new TemporaryFolder();
        foreach (var folder in Directory.GetDirectories(Path.Combine(story.Home, "models"))) CopyFolder(folder, Path.Combine(home.Path, "models", Path.GetFileName(folder)));
        await File.WriteAllTextAsync(home["appliance.json"], """
            {
              "network": { "offline": true },
              "models": { "targets": { "cloud": { "url": "https://api.openai.com/v1", "model": "gpt-4o", "keepsData": false } } },
              "router": { "profile": "cloud-first" },
            }
            """);
        await using var server = await RunningServer.StartAsync(home.Path, Wrap);
        using var client = OwnersClient(home.Path);
        for (var i = 0; i < turns; i++)
        {
            var (path, body) = (i % 3) switch
            {
                0 => ("/tools/invoke", new JsonObject { ["tool"] = "web_fetch", ["args"] = new JsonObject { ["url"] = $"https://example.org/{i}" } }),
                1 => ("/tools/invoke", new JsonObject { ["tool"] = "web_fetch", ["args"] = new JsonObject { ["url"] = $"http://203.0.113.{i % 200 + 1}/" } }),
                _ => ("/api/v1/chat", new JsonObject { ["message"] = $"How far is the moon? {i}", ["sessionKey"] = $"s{i}" }),
            };
            using var answer = await client.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
        }
        var sent = Sent(await File.ReadAllTextAsync($"/proc/{server.Process.Id}/net/dev"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: offline: {sent} packets left the box in {turns} turns and tools that wanted out"));
        Assert.Equal(0, sent);
        // The trap is one: whoever wants out there is counted.
        Assert.True(Sent(await ControlAsync()) > 0);
    }

    private static HttpClient OwnersClient(string home) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(home, "gateway", "gateway.sock")), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://localhost/"), Timeout = TimeSpan.FromMinutes(2) };

    private static (string Program, string[] Arguments) Wrap(string program, IEnumerable<string> arguments) =>
        ("unshare", ["-rn", "sh", "-c", $"{Trap} && exec \"$@\"", "sh", program, .. arguments]);

    private static async Task<string> ControlAsync()
    {
        var start = new ProcessStartInfo("unshare", ["-rn", "sh", "-c", $"{Trap} && bash -c 'echo x > /dev/udp/203.0.113.5/9' && cat /proc/net/dev"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }

    // Interface: eight numbers of what came in, then bytes and packets that went out.
    private static long Sent(string devices)
    {
        var line = devices.Split('\n').Single(l => l.TrimStart().StartsWith("trap:", StringComparison.Ordinal));
        return long.Parse(line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[9], CultureInfo.InvariantCulture);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    /// <summary>A fact that needs a network namespace with a wire in it, and the story model.</summary>
    private sealed class TrapFactAttribute : FactAttribute
    {
        public TrapFactAttribute()
        {
            if (Shared.Find(StoryModel.Reference.Split('/')) is null) Skip = $"reference file ../shared/{StoryModel.Reference} is absent";
            else if (!CanTrap()) Skip = "this machine gives no network namespace with a veth pair (unshare -rn, ip)";
        }

        private static bool CanTrap()
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("unshare", ["-rn", "sh", "-c", Trap]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
