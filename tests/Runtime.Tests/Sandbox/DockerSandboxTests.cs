using Models;
using Runtime.Sandbox;
using TestKit;

namespace Runtime.Tests.Sandbox;

/// <summary>Commands in containers, as far as docker(1) is told of them; the engine is a fake.</summary>
public sealed class DockerSandboxTests : IDisposable
{
    private const string Image = "debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly FakeDocker _docker = new();
    private readonly TemporaryFolder _folder = new();

    public DockerSandboxTests()
    {
        Directory.CreateDirectory(_folder["ws"]);
        Directory.CreateDirectory(_folder["private"]);
    }

    public void Dispose()
    {
        _docker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_APipeline_RunsEachProgramInAContainerHeldBack()
    {
        var output = new OutputBuffer(10_000);
        using var running = Sandbox().Start([Program("sh", "-c", "echo one; echo two; pwd > where; exit 3"), Program("sh", "-c", "wc -l; echo $MARK; exit 4")], Folders, new SandboxLimits { Memory = 100 << 20, Processes = 7 }, output);
        Assert.Equal(4, await running.Ended);
        Assert.Equal("2\nset\n", output.Read().Text);
        Assert.Equal(_folder["ws"] + "\n", File.ReadAllText(_folder["ws/where"]));
        var runs = _docker.Calls.Where(call => call.StartsWith("run ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run =>
        {
            foreach (var held in (string[])["--rm", "--pull never", "--network none", "--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--user ", "--memory 104857600 --memory-swap 104857600", "--pids-limit 7",
                "--ulimit cpu=300", "--tmpfs /tmp", $"--mount type=bind,source={_folder["ws"]},target={_folder["ws"]} ", $"--mount type=bind,source={_folder["tools"]},target={_folder["tools"]},readonly", $" {Image} "])
                Assert.Contains(held, run, StringComparison.Ordinal);
            Assert.DoesNotContain("PATH=", run, StringComparison.Ordinal);
        });
        Assert.NotEqual(Name(runs[0]), Name(runs[1]));
    }

    [Fact]
    public async Task Kill_EndsTheContainer_WhichLivesOnWithoutItsClient()
    {
        using var running = Sandbox().Start([Program("sh", "-c", "echo begun; exec sleep 1000")], Folders, new SandboxLimits(), new OutputBuffer(1000));
        while (running.Output.Total == 0) await Task.Delay(10);
        running.Kill();
        Assert.NotEqual(0, await running.Ended);
        var name = Name(_docker.Calls.Single(call => call.StartsWith("run ", StringComparison.Ordinal)));
        while (!_docker.Calls.Contains($"rm --force {name}")) await Task.Delay(10);
    }

    [Fact]
    public async Task Start_InputIsWanted_ReachesTheProgram()
    {
        var output = new OutputBuffer(1000);
        using var running = Sandbox().Start([Program("cat")], Folders, new SandboxLimits(), output, wantsInput: true);
        running.WriteInput("said\n"u8);
        running.CloseInput();
        Assert.Equal(0, await running.Ended);
        Assert.Equal("said\n", output.Read().Text);
    }

    [Theory]
    [InlineData("down", Image, "no Docker engine answers (Cannot connect")]
    [InlineData("missing", Image, "docker pull debian@sha256")]
    [InlineData("", "debian", "by its digest")]
    [InlineData("", "", "by its digest")]
    [InlineData("", "--privileged@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "by its digest")]
    public void Start_WhereItCannot_SaysWhyAndRunsNothing(string broken, string image, string why)
    {
        if (broken.Length > 0) _docker.Break(broken);
        var sandbox = new CommandSandbox(docker: () => new DockerSandbox(image, _docker.Path));
        var error = Assert.Throws<ModelException>(() => sandbox.Start([Program("true")], Folders, new SandboxLimits(), new OutputBuffer(1000)));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_docker.Calls, call => call.StartsWith("run", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_NoDockerInstalled_SaysSo() =>
        Assert.Contains("no docker is installed", Assert.Throws<ModelException>(() => new CommandSandbox(docker: () => new DockerSandbox(Image, _folder["none"])).Start([Program("true")], Folders, new SandboxLimits(), new OutputBuffer(1000))).Message, StringComparison.Ordinal);

    private SandboxFolders Folders => new(_folder["ws"], _folder["private"], [_folder["tools"]]);

    private CommandSandbox Sandbox() => new(docker: () => new DockerSandbox(Image, _docker.Path));

    private SandboxProgram Program(params string[] argv) => new("/usr/bin/" + argv[0], argv, _folder["ws"], [new("PATH", "/nowhere"), new("MARK", "set")]);

    private static string Name(string run) => run.Split(' ').SkipWhile(word => word != "--name").ElementAt(1);
}
