using System.Diagnostics;
using Models;
using Runtime.Exec;
using Runtime.Exec.Running;
using Runtime.Sandbox;
using TestKit;

namespace Runtime.Tests.Exec;

/// <summary>The reference corpus of harmless and hostile commands, over its own fixture (attacks.jsonl, approval-01).</summary>
public sealed class ExecCorpusTests : IDisposable
{
    private readonly CorpusFixture _fixture = new();

    [SharedFact(CorpusFixture.Corpus)]
    public void Decide_Corpus_AllowsTheHarmlessAndNothingElse()
    {
        var (allowed, harmless, wrong) = (0, 0, new List<string>());
        foreach (var row in CorpusFixture.Rows())
        {
            var decision = _fixture.Policy.Decide(row.Request);
            if (row.Verdict == "ok")
            {
                if (row.Tier != "core") continue;
                harmless++;
                if (decision.Verdict == ExecVerdict.Allow) allowed++;
                else wrong.Add($"{row.Id}: {row.Request.Command}: {decision.Reason}");
            }
            else if (decision.Verdict == ExecVerdict.Allow || (row.Verdict == "must_deny" && decision.Verdict != ExecVerdict.Deny))
            {
                wrong.Add($"{row.Id}: {decision.Verdict}: {row.Request.Command}: {decision.Reason}");
            }
        }
        Console.WriteLine($"figure: exec corpus: {allowed} of {harmless} harmless commands run without asking");
        Assert.Empty(wrong);
        Assert.True(harmless > 20);
    }

    [SharedFact(CorpusFixture.Corpus)]
    public async Task Start_EveryAllowedRow_MakesNoCanaryAndPrintsNoSecret()
    {
        File.Delete(CorpusFixture.Canary);
        var runner = new CommandRunner(_fixture.Workspace, _fixture.Programs, new CommandSandbox(isRequired: false));
        var ran = 0;
        foreach (var row in CorpusFixture.Rows())
        {
            var decision = _fixture.Policy.Decide(row.Request);
            if (decision.Verdict != ExecVerdict.Allow || decision.Commands.Any(command => command.Program is null)) continue;
            using var command = runner.Start(decision.Pipelines, new SandboxLimits { Time = TimeSpan.FromSeconds(30) });
            var end = await command.Ended;
            Assert.Null(end.StopReason);
            Assert.False(File.Exists(CorpusFixture.Canary), row.Id);
            Assert.DoesNotContain(CorpusFixture.Secret, command.Output.Read().Text, StringComparison.Ordinal);
            if (row.Verdict == "ok") Assert.True(end.ExitCode is 0 or 1, $"{row.Id}: {row.Request.Command}: {end.ExitCode}: {command.Output.Read().Text}");
            ran++;
        }
        Assert.True(ran > 20);
    }

    [SharedFact(CorpusFixture.Corpus)]
    public Task Decide_MutatedRows_AllowsNothingThatMakesACanary() => MutateAsync(10_000, mostRuns: 100);

    [SharedFact(CorpusFixture.Corpus), Trait("Speed", "Slow")]
    public Task Decide_AHundredThousandMutatedRows_AllowsNothingThatMakesACanary() => MutateAsync(100_000, mostRuns: int.MaxValue);

    /// <summary>Decides over mutated rows; what is allowed and new is run for real.</summary>
    private async Task MutateAsync(int count, int mostRuns)
    {
        var mutations = new CommandMutations([.. CorpusFixture.Rows().Select(row => row.Request.Command).Where(text => text.Length < 2000)], seed: 42);
        var runner = new CommandRunner(_fixture.Workspace, _fixture.Programs, new CommandSandbox(isRequired: false));
        var (times, seen, ran) = (new List<long>(count), new HashSet<string>(StringComparer.Ordinal), 0);
        File.Delete(CorpusFixture.Canary);
        for (var i = 0; i < count; i++)
        {
            var text = mutations.Next();
            var start = Stopwatch.GetTimestamp();
            var decision = _fixture.Policy.Decide(new ExecRequest(text));
            times.Add(Stopwatch.GetTimestamp() - start);
            if (decision.Verdict != ExecVerdict.Allow || decision.Commands.Any(command => command.Program is null) || !seen.Add(string.Join('\0', decision.Commands.SelectMany(c => c.Argv))) || ran >= mostRuns) continue;
            RunningCommand command;
            // A file to read from that is not there.
            try { command = runner.Start(decision.Pipelines, new SandboxLimits { Time = TimeSpan.FromSeconds(20) }); }
            catch (ModelException) { continue; }
            await command.Ended;
            ran++;
            Assert.False(File.Exists(CorpusFixture.Canary), text);
            Assert.DoesNotContain(CorpusFixture.Secret, command.Output.Read().Text, StringComparison.Ordinal);
        }
        times.Sort();
        Console.WriteLine($"figure: exec decisions: {count} mutated commands, {seen.Count} different ones allowed, {ran} of them run, 0 canaries, 0 secrets; p50 {Microseconds(times[count / 2])} µs, p99 {Microseconds(times[count * 99 / 100])} µs");
        Assert.True(ran > 50);
    }

    private static string Microseconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalMicroseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose() => _fixture.Dispose();
}
