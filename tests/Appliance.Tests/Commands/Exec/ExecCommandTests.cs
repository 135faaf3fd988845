using System.Text.Json;
using Appliance.Commands.Exec;
using Runtime.Exec;
using Runtime.Exec.Paths;
using Runtime.Sandbox;
using TestKit;

namespace Appliance.Tests.Commands.Exec;

public sealed class ExecCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Check_Lines_AnswersEachInOrderAndRunsNothing()
    {
        var answers = await CheckAsync(
            "\"ls -l\"", "\"ls -l | cat && ls\"", "\"touch made\"", "\"PATH=. ls\"", "\"ls $(touch made)\"", "not json", "{\"command\":\"ls\",\"env\":{\"LD_PRELOAD\":\"x\"}}", "{\"command\":\"ls\",\"env\":{\"LANG\":\"C\"}}", "17", "\"\\ud800\"");
        Assert.Equal(["allow", "allow", "ask", "deny", "ask", "deny", "deny", "allow", "deny", "deny"], answers.Select(a => a.GetProperty("verdict").GetString()));
        Assert.Equal("""["ls","-l"]""", answers[0].GetProperty("argv").GetRawText());
        Assert.Equal("""[["ls","-l"],["cat"],["ls"]]""", answers[1].GetProperty("argv").GetRawText());
        Assert.All(answers, answer => Assert.NotEmpty(answer.GetProperty("reason").GetString()!));
        Assert.False(File.Exists(_folder["made"]));
    }

    [Fact]
    public void Report_OfTheSandbox_SaysWhatIsInForce()
    {
        var report = SandboxReport.Of(new SandboxStatus(SandboxLevel.None, 0, false, false, null, ["bubblewrap is not installed."]));
        Assert.Equal(("none", true, 1), (report.Level, report.Network, report.Missing.Count));
    }

    [Fact]
    public void Report_WhereContainersAreWanted_SaysWhetherTheyCanBeHad()
    {
        File.WriteAllText(_folder["appliance.json"], """{"exec":{"sandbox":"docker","image":"debian"}}""");
        var report = SandboxReport.Of(_folder.Path);
        Assert.Equal(("docker", "debian", false), (report.Level, report.Image, report.Network));
        Assert.Contains("by its digest", Assert.Single(report.Missing), StringComparison.Ordinal);
        File.WriteAllText(_folder["appliance.json"], "{}");
        Assert.NotEqual("docker", SandboxReport.Of(_folder.Path).Level);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<List<JsonElement>> CheckAsync(params string[] lines)
    {
        var workspace = new Workspace(_folder.Path);
        var output = new StringWriter();
        await ExecCheckCommand.CheckAsync(new ExecPolicy(workspace, AllowList.Parse("ls,cat"), new ProgramFinder(workspace, null)), new StringReader(string.Join('\n', lines)), output, json: true, CancellationToken.None);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
