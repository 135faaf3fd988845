using System.Diagnostics;
using Runtime.Exec;
using Runtime.Exec.Paths;
using TestKit;

namespace Runtime.Tests.Exec.Programs;

/// <summary>Repositories that could run something when they are read, made by git itself.</summary>
public sealed class GitRepositoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GitRepositoryTests()
    {
        Git("init -q .");
        File.WriteAllText(_folder["a.txt"], "a");
        File.WriteAllText(_folder["a longer name of another length.txt"], "b");
        Git("add .");
    }

    [Fact]
    public void Decide_PlainRepository_IsAllowed() => Assert.Equal(ExecVerdict.Allow, Status());

    [Theory]
    [InlineData("config core.fsmonitor ./evil.sh")]
    [InlineData("config core.pager ./evil.sh")]
    [InlineData("config diff.x.command ./evil.sh")]
    [InlineData("config filter.x.clean ./evil.sh")]
    [InlineData("config alias.status !./evil.sh")]
    [InlineData("config include.path ../evil")]
    [InlineData("config extensions.worktreeConfig true")]
    [InlineData("update-index --add --cacheinfo 160000,1ce184d165aaac3c688c073459299ad219ec6295,zz-other")]
    public void Decide_RepositoryThatMayRunSomething_Asks(string change)
    {
        Git(change);
        Assert.Equal(ExecVerdict.Ask, Status());
    }

    [Theory]
    [InlineData("hooks/post-index-change")]
    [InlineData("config.worktree")]
    [InlineData("commondir")]
    public void Decide_FilesThatMayRunSomething_Ask(string file)
    {
        File.WriteAllText(Path.Combine(_folder[".git"], file), "x");
        Assert.Equal(ExecVerdict.Ask, Status());
    }

    [Fact]
    public void Decide_RepositoryElsewhere_Asks()
    {
        Directory.Move(_folder[".git"], _folder["moved"]);
        File.WriteAllText(_folder[".git"], "gitdir: moved\n");
        Assert.Equal(ExecVerdict.Ask, Status());
        File.Delete(_folder[".git"]);
        Assert.Equal(ExecVerdict.Ask, Status());
    }

    public void Dispose() => _folder.Dispose();

    private ExecVerdict Status()
    {
        var workspace = new Workspace(_folder.Path);
        return new ExecPolicy(workspace, AllowList.Parse("git"), new ProgramFinder(workspace, null)).Decide(new ExecRequest("git status")).Verdict;
    }

    private void Git(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = _folder.Path, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
