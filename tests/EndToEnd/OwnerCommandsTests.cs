using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The commands that ask the running gateway, as its owner types them: the published binary on both sides.</summary>
public sealed class OwnerCommandsTests(OwnerCommandsTests.Box box, ITestOutputHelper output) : IClassFixture<OwnerCommandsTests.Box>
{
    [Fact]
    public async Task Status_OfARunningGateway_IsQuick()
    {
        var status = await JsonAsync("status", "--json");
        Assert.Equal((box.Server.Process.Id, box.Address), ((int)status["gateway"]!["pid"]!, (string)status["gateway"]!["address"]!));
        var (asking, starting, nothing) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < 21; i++)
        {
            asking.Add(await TimeAsync(ApplianceBinary.Path, "status", "--json"));
            starting.Add(await TimeAsync(ApplianceBinary.Path, "--version"));
            nothing.Add(await TimeAsync("/bin/true"));
        }
        var (took, start, least) = (asking.Order().ElementAt(10), starting.Order().ElementAt(10), nothing.Order().ElementAt(10));
        output.WriteLine(FormattableString.Invariant(
            $"figure: appliance status through the gateway: {took:F1} ms (median of 21, whole process; goal 60), {took / start:F1} times --version, {took / least:F1} times /bin/true"));
        Assert.InRange(took / start, 1, 10);
    }

    [Fact]
    public async Task GatewayStatus_Health_AndCall_Agree()
    {
        var status = await JsonAsync("gateway", "status", "--json");
        Assert.Equal((box.Server.Process.Id, box.Address), ((int)status["pid"]!, (string)status["address"]!));
        Assert.True((bool)(await JsonAsync("health", "--json"))["ok"]!);
        Assert.Equal(box.Server.Process.Id, (int)(await JsonAsync("call", "system.info"))["pid"]!);
        Assert.Contains("sessions.list\n", (await RunAsync("call", "--list")).Output, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Agent_StreamsTheModelsAnswer_IntoASessionThatIsKept()
    {
        var said = await RunAsync("agent", "--message", "Once upon a time", "--session", "agent:main:tale");
        Assert.Equal(0, said.ExitCode);
        var exported = await RunAsync("sessions", "export", "agent:main:tale", "--format", "jsonl");
        var answer = (string)JsonNode.Parse(exported.Output.TrimEnd().Split('\n')[^1])!["content"]![0]!["text"]!;
        Assert.Equal(answer.TrimEnd(), said.Output.TrimEnd());
        Assert.Contains((await JsonAsync("sessions", "list", "--json"))["sessions"]!.AsArray(), row => (string)row!["key"]! == "agent:main:tale");
        Assert.Equal(0, (await RunAsync("sessions", "delete", "agent:main:tale")).ExitCode);
    }

    [Fact]
    public async Task Monitor_AndProfile_LookAtTheGatewaysProcess()
    {
        Assert.Equal(box.Server.Process.Id, (int)(await JsonAsync("monitor", "--once", "--json", "--interval", "0.2"))["gateway"]!["pid"]!);
        Assert.InRange((double)(await JsonAsync("profile", "--duration", "0.3", "--json"))["duration_ms"]!, 250, 60_000);
    }

    [Fact]
    public async Task Commands_InOfflineMode_ReachTheirOwnGatewayAndNoOther()
    {
        var offline = new Dictionary<string, string> { ["APPLIANCE_OFFLINE"] = "1" };
        Assert.Equal(0, (await ApplianceBinary.RunWithAsync(box.Home, offline, "", "health")).ExitCode);
        var other = await ApplianceBinary.RunWithAsync(box.Home, offline, "", "health", "--url", "wss://gateway.example");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("Offline mode is on", other.Error, StringComparison.Ordinal);
        var plain = await RunAsync("health", "--url", "ws://192.0.2.1:18789");
        Assert.Equal(1, plain.ExitCode);
        Assert.Contains("not encrypted", plain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_WhileTheGatewayRuns_IsMadeAndCanBeVerified()
    {
        using var to = new TemporaryFolder();
        var made = await RunAsync("backup", "create", to["box.backup"]);
        Assert.True(made.ExitCode == 0, made.Error);
        var verified = await RunAsync("backup", "verify", to["box.backup"]);
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Empty(Directory.GetFileSystemEntries(box.Home, ".backup-*"));
    }

    [Fact]
    public async Task Serve_OnAHomeWhereOneRuns_IsRefused()
    {
        var second = await RunAsync("serve", "--port", "0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("already runs", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_WithoutAGateway_Exit3_AndSayHowToStartOne()
    {
        using var home = new TemporaryFolder();
        foreach (var command in new[] { "health", "agent --message hi", "sessions list", "devices list", "gateway status", "gateway stop", "gateway restart", "profile", "dashboard" })
        {
            var result = await ApplianceBinary.RunAsync(home.Path, command.Split(' '));
            Assert.True(result.ExitCode == 3, $"{command}: {result}");
            Assert.StartsWith("error: No gateway runs on ", result.Error, StringComparison.Ordinal);
            Assert.Contains("appliance gateway run", result.Error, StringComparison.Ordinal);
        }
        Assert.Contains("not running", (await ApplianceBinary.RunAsync(home.Path, "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_RestartsInItsOwnProcess_Stops_AndComesBackAfterAKill()
    {
        using var home = new TemporaryFolder();
        await using (var server = await RunningServer.StartAsync(home.Path))
        {
            var before = await JsonAtAsync(home.Path, "call", "system.info");
            var restarted = await ApplianceBinary.RunAsync(home.Path, "gateway", "restart", "--json");
            Assert.True(restarted.ExitCode == 0, restarted.Error);
            var after = await JsonAtAsync(home.Path, "call", "system.info");
            Assert.Equal((server.Process.Id, server.Process.Id), ((int)before["pid"]!, (int)after["pid"]!));
            Assert.NotEqual((string)before["processInstanceId"]!, (string)after["processInstanceId"]!);
            Assert.Equal((int)after["pid"]!, (int)JsonNode.Parse(restarted.Output)!["pid"]!);

            var stopped = await ApplianceBinary.RunAsync(home.Path, "gateway", "stop");
            Assert.Equal((0, $"stopped (process {server.Process.Id})\n"), (stopped.ExitCode, stopped.Output));
            await server.Process.WaitForExitAsync();
            Assert.Equal(0, server.Process.ExitCode);
            Assert.Equal(3, (await ApplianceBinary.RunAsync(home.Path, "gateway", "status")).ExitCode);
        }
        await using (var killed = await RunningServer.StartAsync(home.Path))
        {
            killed.Process.Kill();
            await killed.Process.WaitForExitAsync();
        }
        Assert.Equal(3, (await ApplianceBinary.RunAsync(home.Path, "gateway", "status")).ExitCode);
        Assert.Contains("not running", (await ApplianceBinary.RunAsync(home.Path, "status")).Output, StringComparison.Ordinal);
        await using var again = await RunningServer.StartAsync(home.Path);
        Assert.Equal(again.Process.Id, (int)(await JsonAtAsync(home.Path, "gateway", "status", "--json"))["pid"]!);
    }

    [Fact]
    public async Task GatewayRestart_IntoOneThatCannotStart_SaysSo()
    {
        using var home = new TemporaryFolder();
        await File.WriteAllTextAsync(home["token"], "0123456789abcdef0123456789abcdef");
        await using var server = await RunningServer.StartAsync(home.Path, "--token-file", home["token"]);
        File.Delete(home["token"]);
        var restarted = await ApplianceBinary.RunAsync(home.Path, "gateway", "restart");
        Assert.Equal(1, restarted.ExitCode);
        Assert.Contains("does not come back", restarted.Error, StringComparison.Ordinal);
        await server.Process.WaitForExitAsync();
        Assert.Contains(home["token"], await server.Process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherMachine_IsPairedOnce_AndThenComesIn()
    {
        // This machine by its other address is another one, as far as the gateway can see.
        if (NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(found => found.Address)
            .FirstOrDefault(found => found.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(found)) is not { } address)
        {
            output.WriteLine("skipped: this machine has loopback alone");
            return;
        }
        using var home = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        await File.WriteAllTextAsync(home["token"], "0123456789abcdef0123456789abcdef");
        await using var server = await RunningServer.StartAsync(home.Path, "--bind", "0.0.0.0", "--token-file", home["token"]);
        var allowed = new Dictionary<string, string> { ["APPLIANCE_ALLOW_HTTP"] = "1" };
        Task<CommandResult> FromElsewhere() => ApplianceBinary.RunWithAsync(
            elsewhere.Path, allowed, "", "gateway", "status", "--json", "--url", $"ws://{address}:{server.Client.BaseAddress!.Port}", "--token-file", home["token"]);

        var refused = await FromElsewhere();
        Assert.Equal(1, refused.ExitCode);
        var request = Regex.Match(refused.Error, "`appliance devices approve ([0-9a-f-]+)`").Groups[1].Value;
        Assert.True(request.Length > 0, refused.Error);
        var approved = await ApplianceBinary.RunAsync(home.Path, "devices", "approve", request);
        Assert.True(approved.ExitCode == 0, approved.Error);
        var status = await FromElsewhere();
        Assert.True(status.ExitCode == 0, status.Error);
        Assert.Equal(server.Process.Id, (int)JsonNode.Parse(status.Output)!["pid"]!);
    }

    [Fact]
    public async Task Help_IsAGuide_AndTabKnowsEveryCommand()
    {
        var help = await RunAsync("--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        var words = (await RunAsync("[suggest:10]", "appliance ")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var commands = words.Where(word => char.IsAsciiLetter(word[0])).ToArray();
        Assert.Contains("sessions", commands);
        Assert.All(commands, command => Assert.Matches($@"(?m)^  {command} +[A-Z]", help.Output));
        Assert.Contains("export", (await RunAsync("[suggest:19]", "appliance sessions ")).Output.Split('\n'));
        foreach (var command in commands) Assert.Equal(0, (await RunAsync(command, "--help")).ExitCode);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ApplianceBinary.RunAsync(box.Home, arguments);

    private Task<JsonNode> JsonAsync(params string[] arguments) => JsonAtAsync(box.Home, arguments);

    private static async Task<JsonNode> JsonAtAsync(string home, params string[] arguments)
    {
        var result = await ApplianceBinary.RunAsync(home, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonNode.Parse(result.Output)!;
    }

    private async Task<double> TimeAsync(string program, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, Environment = { ["APPLIANCE_HOME"] = box.Home } })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>A home with the story model where it is to be had, and one server on it for all tests that do not stop it.</summary>
    public sealed class Box : IAsyncLifetime
    {
        private readonly StoryModel _story = new();

        public string Home => _story.Home;

        public RunningServer Server { get; private set; } = null!;

        public string Address => Server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

        public async Task InitializeAsync()
        {
            await _story.InitializeAsync();
            Server = await RunningServer.StartAsync(Home);
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            await _story.DisposeAsync();
        }
    }
}
