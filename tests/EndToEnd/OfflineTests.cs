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
              // A program that the gateway starts by itself for each message, outside of any sandbox, and that wants out.
              "channels": { "telegram": { "apiRoot": "http://127.0.0.1:9", "botToken": { "command": ["bash", "-c", "(echo x > /dev/udp/203.0.113.5/53; echo x > /dev/tcp/203.0.113.6/443) 2> /dev/null; echo 1:token"] } } },
            }
            """);
        await using var server = await RunningServer.StartAsync(home.Path, Wrap);
        var (proof, hasLock) = await ProveAsync(home.Path);
        using var client = OwnersClient(home.Path);
        var children = 0;
        for (var i = 0; i < turns; i++)
        {
            if (i % 4 == 3 && hasLock)
            {
                var sent = await ApplianceBinary.RunAsync(home.Path, "call", "send", new JsonObject { ["channel"] = "telegram", ["to"] = $"{i % 20}", ["message"] = "Hello.", ["idempotencyKey"] = $"m{i}" }.ToJsonString());
                Assert.Contains("\"queued\":true", sent.Output + sent.Error);
                children++;
                continue;
            }
            var (path, body) = (i % 3) switch
            {
                0 => ("/tools/invoke", new JsonObject { ["tool"] = "web_fetch", ["args"] = new JsonObject { ["url"] = $"https://example.org/{i}" } }),
                1 => ("/tools/invoke", new JsonObject { ["tool"] = "web_fetch", ["args"] = new JsonObject { ["url"] = $"http://203.0.113.{i % 200 + 1}/" } }),
                _ => ("/api/v1/chat", new JsonObject { ["message"] = $"How far is the moon? {i}", ["sessionKey"] = $"s{i}" }),
            };
            using var answer = await client.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
        }
        var left = Sent(await File.ReadAllTextAsync($"/proc/{server.Process.Id}/net/dev"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: offline: {left} packets left the box in {turns} turns, tools and {children} messages whose children wanted out; {proof}"));
        Assert.Equal(0, left);
        Assert.Equal(children, (await WaitingAsync(home.Path)).Count);
        // The trap is one: whoever wants out there is counted.
        Assert.True(Sent(await ControlAsync()) > 0);
    }

    // What the box says of itself meanwhile; and whether this kernel locks what the gateway starts.
    private static async Task<(string Layers, bool HasLock)> ProveAsync(string home)
    {
        var proof = await ApplianceBinary.RunAsync(home, "offline", "prove", "--json");
        Assert.True(proof.ExitCode == 0, proof.Output + proof.Error);
        var report = JsonNode.Parse(JsonNode.Parse(proof.Output)!["report"]!.GetValue<string>())!;
        var layers = report["layers"]!.AsArray().Select(layer => layer!.GetValue<string>()).ToList();
        var tried = report["tried"]!.AsArray();
        Assert.All(tried, way => Assert.True(way!["refused"]!.GetValue<bool>(), way.ToJsonString()));
        var hasLock = layers.Count(layer => layer.StartsWith("the kernel connects the gateway", StringComparison.Ordinal) || layer.StartsWith("the kernel gives the gateway", StringComparison.Ordinal)) == 2;
        var ofTheGateway = tried.Select(way => way!["way"]!.GetValue<string>()).Where(way => way.StartsWith("the gateway: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(hasLock ? (14, 7) : (0, 0), (ofTheGateway.Count, ofTheGateway.Count(way => way.Contains("a child process", StringComparison.Ordinal))));
        Assert.Equal(hasLock ? [9] : [], report["ports_open"]!.AsArray().Select(port => port!.GetValue<int>()));
        return ($"{layers.Count} layers in force, {tried.Count} ways tried", hasLock);
    }

    private static async Task<JsonArray> WaitingAsync(string home) => JsonNode.Parse((await ApplianceBinary.RunAsync(home, "outbox", "list", "--json")).Output)!["entries"]!.AsArray();

    [NftFact]
    public async Task Enforce_InANetworkOfItsOwn_LetsNothingOutAndAnswersWhoComesIn()
    {
        using var home = new TemporaryFolder();
        var rules = await ApplianceBinary.RunAsync(home.Path, "offline", "enforce", "--print", "--user", "0");
        Assert.Equal(0, rules.ExitCode);
        var file = home["rules.nft"];
        await File.WriteAllTextAsync(file, rules.Output);
        // nft takes the text, twice; UDP, a question for an address and a connection are refused at once, and itself it reaches; once released, the trap gets them.
        const string Want = "(echo x > /dev/udp/203.0.113.5/53) 2>&1; (echo x > /dev/tcp/203.0.113.6/443) 2>&1; ";
        var script = $"{Trap} && nft -c -f {file} && nft -f {file} && nft -f {file} && bash -c '{Want} true' && grep trap: /proc/net/dev && nft list table inet appliance_offline && nft delete table inet appliance_offline && bash -c 'echo x > /dev/udp/203.0.113.5/53' && grep trap: /proc/net/dev";
        using var process = Process.Start(new ProcessStartInfo("unshare", ["-rn", "sh", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (text, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, text + error);
        var counts = text.Split('\n').Where(line => line.TrimStart().StartsWith("trap:", StringComparison.Ordinal)).Select(Sent).ToList();
        Assert.Equal(0, counts[0]);
        Assert.True(counts[1] > 0);
        Assert.Matches("counter packets [1-9]", text);
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

    /// <summary>A fact that needs a network namespace with a wire and rules of nftables in it.</summary>
    private sealed class NftFactAttribute : FactAttribute
    {
        public NftFactAttribute()
        {
            if (!TrapFactAttribute.Can($"{Trap} && nft list ruleset")) Skip = "this machine gives no network namespace with nftables (unshare -rn, ip, nft)";
        }
    }

    /// <summary>A fact that needs a network namespace with a wire in it, and the story model.</summary>
    private sealed class TrapFactAttribute : FactAttribute
    {
        public TrapFactAttribute()
        {
            if (Shared.Find(StoryModel.Reference.Split('/')) is null) Skip = $"reference file ../shared/{StoryModel.Reference} is absent";
            else if (!Can(Trap)) Skip = "this machine gives no network namespace with a veth pair (unshare -rn, ip)";
        }

        public static bool Can(string script)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("unshare", ["-rn", "sh", "-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
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
