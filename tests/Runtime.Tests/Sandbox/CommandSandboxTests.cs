using Models;
using Runtime.Sandbox;
using TestKit;

namespace Runtime.Tests.Sandbox;

/// <summary>What holds commands, tried from inside, in every kind of sandbox that this machine offers.</summary>
public sealed class CommandSandboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _workspace;
    private readonly string _private;

    public CommandSandboxTests()
    {
        // Outside of /tmp, which bubblewrap has of its own.
        _workspace = Directory.CreateDirectory(_folder["ws"]).FullName;
        _private = Directory.CreateDirectory(_folder["home"]).FullName;
        File.WriteAllText(_folder["secret"], "the secret");
    }

    /// <summary>Every kind there is here but none at all.</summary>
    public static TheoryData<SandboxLevel> Levels()
    {
        var levels = new TheoryData<SandboxLevel> { CommandSandbox.Status.Level };
        if (CommandSandbox.Status is { Level: SandboxLevel.Bubblewrap, LandlockVersion: > 0, HasFilter: true }) levels.Add(SandboxLevel.Landlock);
        return levels;
    }

    // attacks.jsonl, sandbox-01; and the next.
    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Run_Inside_ReadsAndWritesTheWorkspaceAlone(SandboxLevel level)
    {
        if (level == SandboxLevel.None) return;
        var (exit, output) = await RunAsync(level, $$"""
            echo mine > file && cat file
            cat {{_folder["secret"]}} && echo LEAK
            cat /root/.ssh/id_rsa /etc/shadow && echo LEAK
            echo x > {{_folder["out"]}}
            echo x > /etc/appliance-test && echo LEAK
            echo x > /usr/appliance-test && echo LEAK
            mkdir /appliance-test && echo LEAK
            rm -f {{_folder["secret"]}}
            echo done
            """);
        Assert.Equal(0, exit);
        Assert.Contains("mine", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LEAK", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["secret"]));
        // Bubblewrap has a /tmp of its own: what is written there is nowhere.
        Assert.False(File.Exists(_folder["out"]));
        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(_workspace, "file")));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Run_Inside_HasNoNetworkAndNoWayToOthers(SandboxLevel level)
    {
        if (level == SandboxLevel.None) return;
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var (_, output) = await RunAsync(level, $$"""
            (exec 3<>/dev/tcp/127.0.0.1/{{port}}) && echo LEAK-tcp
            (exec 3<>/dev/udp/127.0.0.1/{{port}}) && echo LEAK-udp
            kill -0 {{Environment.ProcessId}} && echo LEAK-signal
            kill -9 {{Environment.ProcessId}} && echo LEAK-kill
            cat /proc/{{Environment.ProcessId}}/environ && echo LEAK-environ
            cat /proc/{{Environment.ProcessId}}/maps && echo LEAK-maps
            ls /proc/{{Environment.ProcessId}}/root/ && echo LEAK-root
            mount -t tmpfs x /mnt && echo LEAK-mount
            unshare -U true && echo LEAK-unshare
            chroot / true && echo LEAK-chroot
            echo done
            """, shell: "bash");
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LEAK", output, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    // attacks.jsonl, sandbox-02; and the two after it.
    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Run_EndsOrIsKilled_LeavesNothingBehind(SandboxLevel level)
    {
        var mark = $"9{Environment.ProcessId}{Environment.TickCount64 % 100000}";
        var (_, output) = await RunAsync(level, $"(setsid sleep {mark} &) ; (sleep {mark} & ) ; nohup sleep {mark} > /dev/null 2>&1 & echo done");
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.Empty(Running(mark));

        using var pipeline = Start(level, $"(sleep {mark} & sleep {mark})", new SandboxLimits());
        await WaitUntilAsync(() => Running(mark).Any());
        pipeline.Kill();
        await pipeline.Ended;
        Assert.Empty(Running(mark));
        Assert.Equal("it was stopped", pipeline.StopReason);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Run_LongerOrMoreThanItMay_IsStopped(SandboxLevel level)
    {
        using (var slow = Start(level, "sleep 1000", new SandboxLimits { Time = TimeSpan.FromMilliseconds(300) }))
        {
            await slow.Ended;
            Assert.Contains("longer", slow.StopReason, StringComparison.Ordinal);
        }
        using (var busy = Start(level, "while :; do :; done", new SandboxLimits { Processor = TimeSpan.FromSeconds(1) }))
        {
            await busy.Ended;
            Assert.Equal("it computed longer than it may", busy.StopReason);
        }
        using (var loud = Start(level, "yes", new SandboxLimits { Output = 10_000 }))
        {
            await loud.Ended;
            Assert.Contains("wrote more", loud.StopReason, StringComparison.Ordinal);
            Assert.InRange(loud.Output.Read().Text.Length, 5_000, 11_000);
        }
        using var large = Start(level, "dd if=/dev/zero of=big bs=1M count=64", new SandboxLimits { File = 4 << 20 });
        Assert.NotEqual(0, await large.Ended);
        Assert.True(new FileInfo(Path.Combine(_workspace, "big")).Length <= 4 << 20);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Run_ForksAndFillsMemory_IsHeldByTheCgroup(SandboxLevel level)
    {
        if (CommandSandbox.Status.Cgroup is null) return;
        var (_, output) = await RunAsync(level, "i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i+1)); done; echo forked", limits: new SandboxLimits { Processes = 40, Time = TimeSpan.FromSeconds(20) });
        Assert.DoesNotContain("forked", output, StringComparison.Ordinal);
        (_, output) = await RunAsync(level, "head -c 300000000 /dev/zero | tail -c 299999999 | wc -c", limits: new SandboxLimits { Memory = 48 << 20, Time = TimeSpan.FromSeconds(60) });
        Assert.DoesNotContain("299999999", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InputIsWritten_ReachesTheProgramAndComesBack()
    {
        using var pipeline = Start(CommandSandbox.Status.Level, "cat", new SandboxLimits(), wantsInput: true);
        pipeline.WriteInput("héllo\n"u8);
        await WaitUntilAsync(() => pipeline.Output.Total > 0);
        pipeline.CloseInput();
        Assert.Equal(0, await pipeline.Ended);
        Assert.Equal("héllo\n", pipeline.Output.Read().Text);
    }

    [Fact]
    public async Task Run_Pipeline_GivesTheLastExitCodeAndTakesSigpipe()
    {
        var programs = new[] { Shell("yes"), Shell("head -n 2; exit 3") };
        using var pipeline = new CommandSandbox(isRequired: false).Start(programs, Folders, new SandboxLimits(), new OutputBuffer(1000));
        Assert.Equal(3, await pipeline.Ended);
        Assert.Equal("y\ny\n", pipeline.Output.Read().Text);
    }

    [Fact]
    public void Start_NoSandboxButRequired_RefusesAndSaysWhy() =>
        Assert.Contains("no sandbox", Assert.Throws<ModelException>(() => new CommandSandbox(SandboxLevel.None).Start([Shell("true")], Folders, new SandboxLimits(), new OutputBuffer(10))).Message, StringComparison.Ordinal);

    [Fact]
    public void Start_ProgramThatIsNotThere_SaysSo() =>
        Assert.Throws<ModelException>(() => new CommandSandbox(CommandSandbox.Status.Level == SandboxLevel.Landlock ? SandboxLevel.Landlock : SandboxLevel.None, isRequired: false)
            .Start([Shell("true") with { Path = "/nonexistent" }], Folders, new SandboxLimits(), new OutputBuffer(10)));

    [Fact]
    public void Status_SaysWhatIsMissing()
    {
        var status = CommandSandbox.Status;
        Console.WriteLine($"figure: sandbox here: {status.Level}, Landlock {status.LandlockVersion}, cgroup {status.Cgroup ?? "none"}, missing: {string.Join(' ', status.Missing)}");
        Assert.Equal(status.Level == SandboxLevel.Bubblewrap, !status.Missing.Any(line => line.Contains("bubblewrap", StringComparison.Ordinal)));
    }

    public void Dispose() => _folder.Dispose();

    private SandboxFolders Folders => new(_workspace, _private, []);

    private SandboxProgram Shell(string script, string shell = "sh") => new($"/bin/{shell}", [shell, "-c", script], _workspace, [new("PATH", "/usr/bin:/bin"), new("HOME", _private)]);

    private RunningPipeline Start(SandboxLevel level, string script, SandboxLimits limits, bool wantsInput = false, string shell = "sh") =>
        new CommandSandbox(level, isRequired: false).Start([Shell(script, shell)], Folders, limits, new OutputBuffer(limits.Output), wantsInput);

    private async Task<(int Exit, string Output)> RunAsync(SandboxLevel level, string script, string shell = "sh", SandboxLimits? limits = null)
    {
        using var pipeline = Start(level, script, limits ?? new SandboxLimits { Time = TimeSpan.FromSeconds(30) }, shell: shell);
        return (await pipeline.Ended, pipeline.Output.Read().Text);
    }

    private static IEnumerable<string> Running(string mark)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string line;
            try { line = File.ReadAllText(folder + "/cmdline").Replace('\0', ' '); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { continue; }
            if (line.StartsWith("sleep", StringComparison.Ordinal) && line.Contains(mark, StringComparison.Ordinal)) yield return line;
        }
    }

    private static async Task WaitUntilAsync(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isTrue()) await Task.Delay(10, patience.Token);
    }
}
