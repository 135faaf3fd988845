using Runtime.Exec;
using Runtime.Exec.Paths;
using TestKit;

namespace Runtime.Tests.Exec;

public sealed class AllowListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AllowListTests()
    {
        Directory.CreateDirectory(_folder["scripts"]);
        File.WriteAllText(_folder["scripts/a.py"], "");
        File.WriteAllText(_folder["b.py"], "");
    }

    [Theory]
    [InlineData("ls", "ls -l", true)]
    [InlineData("/bin/ls", "ls -l", true)]
    [InlineData("/usr/bin/ls", "/bin/ls", true)]
    [InlineData("/opt/ls", "ls -l", false)]
    [InlineData("git log", "git log -1", false)]
    [InlineData("ls -l", "ls -l .", true)]
    [InlineData("ls -l", "ls .", false)]
    [InlineData("ls,cat", "ls | cat", true)]
    [InlineData("ls\ncat", "ls | cat", true)]
    [InlineData("", "ls", false)]
    [InlineData("LS", "ls", false)]
    [InlineData("python3 scripts/*.py", "python3 scripts/a.py", true)]
    [InlineData("python3:scripts/*.py", "python3 scripts/a.py", true)]
    [InlineData("python3", "python3 ./scripts/a.py", true)]
    [InlineData("python3", "python3 b.py", false)]
    [InlineData("python3 *.py", "python3 scripts/a.py", false)]
    [InlineData("sh,env,xargs,sudo", "env ls", false)]
    [InlineData("mytool", "mytool x", false)]
    public void Decide_Entry_AllowsWhatItNames(string list, string command, bool allows)
    {
        var workspace = new Workspace(_folder.Path);
        var decision = new ExecPolicy(workspace, AllowList.Parse(list), new ProgramFinder(workspace, null)).Decide(new ExecRequest(command));
        Assert.True(allows == (decision.Verdict == ExecVerdict.Allow), decision.Reason);
    }

    public void Dispose() => _folder.Dispose();
}
