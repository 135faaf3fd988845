using Runtime.Approvals;
using Runtime.Exec;
using Runtime.Exec.Paths;
using TestKit;

namespace Runtime.Tests.Approvals;

/// <summary>attacks.jsonl, approval-02: what was approved is bound to the command, its programs, scripts, folder and variables.</summary>
public sealed class ApprovalBindingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ApprovalBindingTests()
    {
        File.WriteAllText(_folder["run.sh"], "echo one\n");
        File.WriteAllText(_folder["tool"], "#!/bin/sh\necho one\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["tool"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_folder["a"]);
        Directory.CreateDirectory(_folder["b"]);
    }

    [Fact]
    public void Of_TheSameAgain_IsTheSame() => Assert.Equal(Bind("sh ./run.sh a"), Bind("sh  ./run.sh 'a'"));

    [Theory]
    [InlineData("sh ./run.sh b")]
    [InlineData("sh ./run.sh a b")]
    [InlineData("bash ./run.sh a")]
    [InlineData("sh ./run.sh a 2>/dev/null")]
    [InlineData("LANG=C sh ./run.sh a")]
    [InlineData("sh ./run.sh a; true")]
    [InlineData("sh ./run.sh a || true")]
    public void Of_AnotherCommand_IsAnother(string other) => Assert.NotEqual(Bind("sh ./run.sh a"), Bind(other));

    [Fact]
    public void Of_ScriptChanges_IsAnother()
    {
        var before = Bind("sh ./run.sh a");
        File.WriteAllText(_folder["run.sh"], "echo two\n");
        Assert.NotEqual(before, Bind("sh ./run.sh a"));
    }

    [Fact]
    public void Of_ProgramChanges_IsAnother()
    {
        var before = Bind("./tool x");
        File.AppendAllText(_folder["tool"], "echo two\n");
        Assert.NotEqual(before, Bind("./tool x"));
    }

    [Fact]
    public void Of_FolderOrItsLinkChanges_IsAnother()
    {
        Directory.CreateSymbolicLink(_folder["link"], _folder["a"]);
        var before = Bind("touch x", "link");
        Assert.NotEqual(before, Bind("touch x", "b"));
        File.Delete(_folder["link"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["b"]);
        Assert.NotEqual(before, Bind("touch x", "link"));
    }

    [Fact]
    public void Of_AnotherAgent_IsAnother() => Assert.NotEqual(Bind("touch x", agent: "main"), Bind("touch x", agent: "other"));

    // approval-04.
    [Theory]
    [InlineData("bash -lc x", true)]
    [InlineData("env touch x", true)]
    [InlineData("sudo touch x", true)]
    [InlineData("npx x", true)]
    [InlineData("python3.11 x", true)]
    [InlineData("for i in 1; do touch x; done", true)]
    [InlineData("touch x", false)]
    [InlineData("mkdir x", false)]
    public void IsStarter_WrappersAndInterpreters_AreNeverForGood(string command, bool expected) => Assert.Equal(expected, Decide(command, null).Commands.Any(CommandScripts.IsStarter));

    public void Dispose() => _folder.Dispose();

    private ApprovalBinding Bind(string command, string? folder = null, string agent = "main") => ApprovalBinding.Of(Decide(command, folder), new Workspace(_folder.Path), agent);

    private ExecDecision Decide(string command, string? folder)
    {
        var workspace = new Workspace(_folder.Path);
        return new ExecPolicy(workspace, AllowList.Empty, new ProgramFinder(workspace, null)).Decide(new ExecRequest(command, folder));
    }
}
