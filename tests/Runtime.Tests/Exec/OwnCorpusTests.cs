using System.Diagnostics;
using Runtime.Exec;
using Runtime.Exec.Paths;
using TestKit;

namespace Runtime.Tests.Exec;

/// <summary>A corpus of our own beside the reference one: other programs, options and ways to quote, over a workspace with traps in it.</summary>
public sealed class OwnCorpusTests : IDisposable
{
    // All programs that have a profile.
    private static readonly AllowList Allowed = AllowList.Of([.. AllowList.Readers.Entries, "npm", "python3 scripts/*.py"]);

    private readonly TemporaryFolder _folder = new();
    private readonly ExecPolicy _policy;

    public OwnCorpusTests()
    {
        foreach (var folder in new[] { "W/src", "W/docs", "W/scripts", "W/evilrepo", "W/evilbin", "H/.ssh" }) Directory.CreateDirectory(_folder[folder]);
        foreach (var file in new[] { "notes.txt", "src/app.py", "src/util.py", "docs/readme.md", "scripts/report.py", "scripts/x.sh", "evil.py", "evil.sh", "evil.so", "evil.tar", "evil.zip", "run.sh", "list0", "package.json", "a;b.txt", "file with spaces.txt", "naïve-café.txt", "-weird name", "evilbin/git" })
            File.WriteAllText(_folder["W/" + file], "foo\n");
        File.WriteAllText(_folder["H/.ssh/id_rsa"], "secret");
        File.CreateSymbolicLink(_folder["W/secretlink"], _folder["H/.ssh/id_rsa"]);
        File.CreateSymbolicLink(_folder["W/scripts/link.py"], _folder["W/evil.py"]);
        Run("mkfifo", "W", "fifo");
        Run("git", "W", "init", "-q", ".");
        Run("git", "W/evilrepo", "init", "-q", ".");
        Run("git", "W/evilrepo", "config", "core.fsmonitor", "./evil.sh");
        var workspace = new Workspace(_folder["W"]);
        _policy = new ExecPolicy(workspace, Allowed, new ProgramFinder(workspace, null));
    }

    [Fact]
    public void Decide_OrdinaryCommands_RunWithoutAsking()
    {
        var asks = OrdinaryCommands.All.Select(command => (command, Decision: _policy.Decide(new ExecRequest(command)))).Where(row => row.Decision.Verdict != ExecVerdict.Allow).Select(row => $"{row.command}: {row.Decision.Reason}").ToList();
        Console.WriteLine($"figure: own exec corpus: {OrdinaryCommands.All.Count() - asks.Count} of {OrdinaryCommands.All.Count()} ordinary commands run without asking");
        Assert.Empty(asks);
    }

    [Fact]
    public void Decide_HostileCommands_NeverRunWithoutAsking()
    {
        var allowed = HostileCommands.All.Where(command => _policy.Decide(new ExecRequest(command)).Verdict == ExecVerdict.Allow).ToList();
        Console.WriteLine($"figure: own exec corpus: {allowed.Count} of {HostileCommands.All.Count()} hostile commands run without asking");
        Assert.Empty(allowed);
    }

    [Theory]
    [InlineData("awk '{print a,\nb > \"x\"}' notes.txt")]
    [InlineData("awk '{print \"a\"; # x\nsystem(\"x\")}' notes.txt")]
    [InlineData("awk 'BEGIN{a=\"\\\n\";system(\"x\")}'")]
    [InlineData("sed 'p\nw x' notes.txt")]
    [InlineData("sed '/a/{w x\n}' notes.txt")]
    [InlineData("ls\ntouch x")]
    [InlineData("python3 - <<X\nopen('x','w')\nX")]
    public void Decide_SeveralLines_Asks(string command) => Assert.Equal(ExecVerdict.Ask, _policy.Decide(new ExecRequest(command)).Verdict);

    [Theory]
    [InlineData("g\u0456t status")]
    [InlineData("git st\u0430tus")]
    [InlineData("npm \u0440refix")]
    [InlineData("ls --\u0430ll")]
    [InlineData("grep -\u0435 foo notes.txt")]
    [InlineData("ls\u200b")]
    [InlineData("git\u00a0status")]
    [InlineData("ls \u202e txt")]
    [InlineData("git status\r")]
    [InlineData("ls \u001b[8m")]
    [InlineData("PAGER=less git log")]
    [InlineData("GIT_PAGER=sh git log")]
    [InlineData("TERM=xterm ls")]
    [InlineData("LD_PRELOAD=./evil.so ls")]
    [InlineData("GIT_TRACE=x git status")]
    public void Decide_WhatMisleadsOrMovesThings_IsDenied(string command) => Assert.Equal(ExecVerdict.Deny, _policy.Decide(new ExecRequest(command)).Verdict);

    private void Run(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder[folder] })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose() => _folder.Dispose();
}
