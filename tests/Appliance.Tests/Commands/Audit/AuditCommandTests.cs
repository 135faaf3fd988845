using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Audit;
using Models;
using Runtime.Audit;
using TestKit;

namespace Appliance.Tests.Commands.Audit;

/// <summary><c>audit</c> on a home of its own.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();

    public async Task InitializeAsync()
    {
        await using var log = new AuditLog(_home.Path, _time);
        await log.AppendDurableAsync(new AuditEvent(AuditKind.Tool, "exec") { By = new AuditActor { Person = "ann", Channel = "websocket" }, Resource = "\u001b[31mrm", Decision = AuditEvent.Deny, Rule = "exec: not allowed" });
        _time.Advance(TimeSpan.FromHours(3));
        await log.AppendDurableAsync(new AuditEvent(AuditKind.Turn, "turn") { By = new AuditActor { Person = "bob" }, Model = "tiny", Outcome = "succeeded" });
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Show_FiltersByTimePersonAndKind_AndCannotBeSteered()
    {
        var all = Run(0, "show");
        Assert.Equal(3, all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain('\u001b', all);
        Assert.Contains("[bob]", Assert.Single(Run(0, "show", "--since", "2h").Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("deny  (exec: not allowed)", Assert.Single(Run(0, "show", "--person", "ann").Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("tiny", JsonDocument.Parse(Run(0, "show", "--kind", "turn", "--json")).RootElement.GetProperty("event").GetProperty("model").GetString());
        Assert.Throws<ModelException>(() => Run(1, "show", "--since", "yesterday-ish"));
    }

    [Fact]
    public void ExportAndVerify_WorkByThemselves_AndFindAChange()
    {
        Assert.Contains("3 records", Run(0, "export", _home["bundle"]), StringComparison.Ordinal);
        var report = JsonDocument.Parse(Run(0, "verify", _home["bundle"], "--json")).RootElement;
        Assert.True(report.GetProperty("ok").GetBoolean());
        var box = report.GetProperty("box").GetString()!;
        Assert.EndsWith("ok\n", Run(0, "verify"), StringComparison.Ordinal);
        Run(0, "verify", "--against", _home["bundle"]);
        Run(0, "verify", _home["bundle"], "--box", box);
        Assert.Contains("box: it is", Run(1, "verify", _home["bundle"], "--box", "another"), StringComparison.Ordinal);

        File.WriteAllText(_home["bundle"], File.ReadAllText(_home["bundle"]).Replace("bob", "eve", StringComparison.Ordinal));
        Assert.Contains("its content is not what was written", Run(1, "verify", _home["bundle"]), StringComparison.Ordinal);
        var records = _home["audit/records-00000000.jsonl"];
        File.WriteAllLines(records, File.ReadAllLines(records).Where((_, i) => i != 1));
        Assert.Contains("record 1: it is missing", Run(1, "verify"), StringComparison.Ordinal);
    }

    private string Run(int exitCode, params string[] arguments)
    {
        var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null, EnableDefaultExceptionHandler = false };
        Assert.Equal(exitCode, AuditCommand.Create(() => _home.Path, _time).Parse(arguments).Invoke(configuration));
        return output.ToString();
    }
}
