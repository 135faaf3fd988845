using Runtime.Mcp;
using Runtime.Sandbox;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Mcp;

/// <summary>Servers over standard input and output, in the sandbox, good ones and bad ones.</summary>
public sealed class McpBookTests
{
    [Fact]
    public async Task Server_IsStartedWhenItIsNeededAndNotBefore()
    {
        await using var server = new ShellServer(ShellServer.Good);
        Assert.Equal(McpState.Idle, server.Book.Status()[0].State);
        Assert.Empty(server.Book.Tools);
        Assert.Equal(0, server.Starts);
        await server.Book.PrepareAsync(default);
        Assert.Equal(1, server.Starts);
        var tool = Assert.Single(server.Book.Tools);
        Assert.Equal(("box__echo", "[box] Says it again."), (tool.Name, tool.Description));
        Assert.Same(server.Book.Tools, server.Book.Tools);
        Assert.Equal("you said: hi", (await server.CallAsync()).Text);
        Assert.Equal((1, McpState.Connected), (server.Starts, server.Book.Status()[0].State));
    }

    [Fact]
    public async Task Server_ThatWasListedBefore_IsKnownWithoutBeingStarted()
    {
        await using var server = new ShellServer(ShellServer.Good);
        await server.Book.ListAsync("box", default);
        server.Set(s => s with { Fingerprint = "2" });
        await server.Book.PrepareAsync(default);
        Assert.Equal("box__echo", Assert.Single(server.Book.Tools).Name);
        Assert.Equal(1, server.Starts);
    }

    [Fact]
    public async Task Tool_ThroughTheRunner_IsUnderThePolicyAndItsAnswerIsData()
    {
        await using var server = new ShellServer(ShellServer.Good);
        using var bench = new Tools.ToolBench(new ToolRules { Profile = ToolProfile.Assistant });
        await server.Book.PrepareAsync(default);
        var runner = new ToolRunner(new ToolTable([], server.Book), bench.Agents.Policy());
        var result = await runner.CallAsync("box__echo", ToolArguments.Parse("""{"text":"hi"}"""), bench.Context, default);
        Assert.Equal(("you said: hi", false, true), (result.Text, result.IsError, result.IsData));
        // For anybody but the owner, a guest, there is none of it.
        Assert.True((await runner.CallAsync("box__echo", ToolArguments.Parse("{}"), bench.Context with { Person = "guest" }, default)).IsRefused);
    }

    [Fact]
    public async Task Tool_OfServerWithNetwork_IsOutwardWhereItSaysItReadsAndElseDestructive()
    {
        await using var server = new ShellServer(ShellServer.Good);
        await server.Book.PrepareAsync(default);
        Assert.Equal(ToolEffect.Writes, server.Book.Tools[0].Effect);
        server.Set(s => s with { Fingerprint = "2", HasNetwork = true });
        Assert.Equal(ToolEffect.Outward, server.Book.Tools[0].Effect);
        server.Set(s => s with { Fingerprint = "3", Effect = ToolEffect.Destructive });
        Assert.Equal(ToolEffect.Destructive, server.Book.Tools[0].Effect);
    }

    [Fact]
    public async Task Server_KilledInTheMiddleOfACall_FailsThatCallAndAnswersTheNext()
    {
        await using var server = new ShellServer("""
            while read -r line; do
              case "$line" in
                *'"initialize"'*) ok "$(id "$line")" "$hello" ;;
                *'"tools/list"'*) ok "$(id "$line")" "$list" ;;
                *'"die"'*) echo "out of luck" >&2; kill -9 $$ ;;
                *'"tools/call"'*) ok "$(id "$line")" "$(said back)" ;;
              esac
            done
            """);
        var fault = await server.FaultAsync("die");
        Assert.Contains("box", fault, StringComparison.Ordinal);
        Assert.Contains("out of luck", fault, StringComparison.Ordinal);
        Assert.Equal("back", (await server.CallAsync()).Text);
    }

    [Fact]
    public async Task Server_ThatFailsAgainAndAgain_IsLeftAloneForLonger()
    {
        var time = new ManualTime();
        await using var server = new ShellServer("echo x >> starts; exit 3", time: time);
        // The first failure may happen to anybody; after the second it waits.
        await server.FaultAsync();
        await server.FaultAsync();
        Assert.Contains("tried again in 1 s", await server.FaultAsync(), StringComparison.Ordinal);
        Assert.Equal(2, server.Starts);
        time.Advance(TimeSpan.FromSeconds(1));
        await server.FaultAsync();
        Assert.Contains("tried again in 2 s", await server.FaultAsync(), StringComparison.Ordinal);
        Assert.Equal(3, server.Starts);
    }

    [Fact]
    public async Task Server_StartedTooOften_IsNotStartedAgainWithinTheHour()
    {
        var time = new ManualTime();
        await using var server = new ShellServer("echo x >> starts; exit 3", s => s with { Limits = new McpLimits { Starts = 3 } }, time);
        for (var i = 0; i < 3; i++)
        {
            await server.FaultAsync();
            time.Advance(McpLimits.LongestWait);
        }
        Assert.Contains("within an hour", await server.FaultAsync(), StringComparison.Ordinal);
        Assert.Equal(3, server.Starts);
        time.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain("within an hour", await server.FaultAsync(), StringComparison.Ordinal);
    }

    [Theory]
    // It never says a word; it says something else; it says too much at once; it never stops.
    [InlineData("sleep 60", "did not answer")]
    [InlineData("echo 'Welcome to my server!'; sleep 60", "no message")]
    [InlineData("echo '[1,2,3]'; sleep 60", "no message")]
    [InlineData("printf '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"'; head -c 3000000 /dev/zero | tr '\\0' a; sleep 60", "more than 65536 bytes")]
    [InlineData("while :; do echo '{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}'; done", "nobody asked for")]
    [InlineData("while :; do echo '{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}'; done", "nobody asked for|does not read|input any more")]
    [InlineData("read -r line; ok 1 '{\"protocolVersion\":\"1999-01-01\"}'; sleep 60", "revision of MCP that is not known")]
    [InlineData("read -r line; ok 1 '[]'; sleep 60", "names no revision")]
    [InlineData("read -r line; ok 1 \"$hello\"; read -r line; read -r line; ok 2 '{\"tools\":7}'; sleep 60", "list of tools is none")]
    [InlineData("read -r line; printf '{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-1,\"message\":\"go away\"}}\\n'; sleep 60", "go away")]
    [InlineData("exit 7", "it ended|input any more")]
    public async Task Server_ThatMisbehaves_IsEndedWithAWord(string script, string expected)
    {
        var time = new ManualTime();
        await using var server = new ShellServer(script, s => s with { Limits = new McpLimits { Message = 65536 } }, time);
        var fault = server.FaultAsync();
        if (expected == "did not answer") await time.AdvanceUntilAsync(fault, McpLimits.Start);
        Assert.Matches(expected, await fault.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.NotEqual(McpState.Connected, server.Book.Status()[0].State);
    }

    [Fact]
    public async Task Call_ThatHangs_EndsInTimeAndTheServerIsTold()
    {
        var time = new ManualTime();
        await using var server = new ShellServer("""
            while read -r line; do
              case "$line" in
                *'"initialize"'*) ok "$(id "$line")" "$hello" ;;
                *'"tools/list"'*) ok "$(id "$line")" "$list" ;;
                *'"hang"'*) ;;
                *cancelled*) printf '%s\n' "$line" | sed 's/.*"requestId":\([0-9]*\).*/\1/' >> cancelled ;;
                *'"tools/call"'*) ok "$(id "$line")" "$(said "$(tr '\n' ' ' < cancelled)")" ;;
              esac
            done
            """, time: time);
        await server.Book.ListAsync("box", default);
        var call = server.CallAsync("hang");
        await time.AdvanceUntilAsync(call, server.Settings.Limits.Call);
        Assert.Contains("did not answer in 60 s", (await Assert.ThrowsAsync<McpException>(() => call)).Message, StringComparison.Ordinal);
        using var stop = new CancellationTokenSource();
        var second = server.CallAsync("hang", stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        // It is the same server still, and knows of both.
        Assert.Equal("3 4", (await server.CallAsync()).Text);
    }

    [Fact]
    public async Task Calls_BeyondTheLimit_WaitTheirTurn()
    {
        await using var server = new ShellServer("""
            while read -r line; do
              case "$line" in
                *'"initialize"'*) ok "$(id "$line")" "$hello" ;;
                *'"tools/list"'*) ok "$(id "$line")" "$list" ;;
                *'"tools/call"'*) echo x >> calls; ok "$(id "$line")" "$(said "$(wc -l < calls)")" ;;
              esac
            done
            """, s => s with { Limits = new McpLimits { Calls = 1 } });
        await server.Book.ListAsync("box", default);
        var calls = Enumerable.Range(0, McpLimits.MostWaiting + 20).Select(_ => server.CallAsync()).ToArray();
        await Task.WhenAll(calls.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default)));
        var refused = calls.Where(c => c.IsFaulted).Select(c => c.Exception!.InnerException!.Message).ToList();
        Assert.All(refused, why => Assert.Contains("calls waiting already", why, StringComparison.Ordinal));
        Assert.True(calls.Count(c => c.IsCompletedSuccessfully) >= McpLimits.MostWaiting);
    }

    [Fact]
    public async Task Set_WithTheSame_KeepsWhatRunsAndEndsWhatIsGone()
    {
        await using var server = new ShellServer(ShellServer.Good);
        await server.CallAsync();
        server.Set(s => s);
        await server.CallAsync();
        Assert.Equal(1, server.Starts);
        server.Set(s => s with { Fingerprint = "2" });
        await server.CallAsync();
        Assert.Equal(2, server.Starts);
        server.Book.Set([]);
        Assert.Empty(server.Book.Tools);
        Assert.Contains("There is no MCP server box", await server.FaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_SeesItsFolderAndNothingOfTheOwner()
    {
        using var outside = new TemporaryFolder();
        File.WriteAllText(outside["secret"], "hunter2");
        Environment.SetEnvironmentVariable("APPLIANCE_MCP_TEST", "1");
        await using var server = new ShellServer(
            $"cat {outside["secret"]} > seen 2>&1; env > env\n" + ShellServer.Good,
            s => s with { Environment = () => [new("GIVEN", "1")] });
        await server.CallAsync();
        if (CommandSandbox.Status.Level != SandboxLevel.None) Assert.DoesNotContain("hunter2", File.ReadAllText(server.File("seen")), StringComparison.Ordinal);
        var variables = File.ReadAllLines(server.File("env"));
        Assert.Contains("GIVEN=1", variables);
        Assert.DoesNotContain("APPLIANCE_MCP_TEST=1", variables);
    }
}
