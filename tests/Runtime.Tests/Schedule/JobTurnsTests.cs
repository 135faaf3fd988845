using Models.Generation;
using Models.Generation.Scheduling;
using Runtime.Agents;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;
using Runtime.Tests.Agents.Turns;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Schedule;

public sealed class JobTurnsTests : IDisposable
{
    private readonly TurnBench _bench = new(new AgentSettings { Tools = new ToolRules { Profile = ToolProfile.Operator } });
    private readonly TemporaryFolder _folder = new();
    private readonly JobBook _book;

    public JobTurnsTests() => _book = new JobBook(_folder.Path, TimeProvider.System, _ => { });

    public void Dispose()
    {
        _book.Dispose();
        _bench.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Run_Isolated_SpeaksInASessionOfItsOwn_EachTimeAnew_InTheBackground()
    {
        var job = Job(JobSchedule());
        for (var n = 1; n <= 2; n++)
        {
            var outcome = await Turns.RunAsync(job, Run(job, n), default);
            Assert.Equal((true, "fine", $"agent:main:cron:{job.Id}"), (outcome.IsOk, outcome.Summary, outcome.SessionKey));
        }
        var session = _bench.Agents.Default.Sessions.Find($"agent:main:cron:{job.Id}")!;
        Assert.Equal(2, session.Read().Count);
        Assert.Single(_bench.Agents.Default.Sessions.List());
        Assert.Equal(RunPriority.Background, _bench.Models.Asked[^1].Options!.AdditionalProperties![ChatOptionKeys.Priority]);
    }

    [Fact]
    public async Task Run_AskedForAgain_SaysNothingTwice()
    {
        var job = Job(JobSchedule());
        await Turns.RunAsync(job, Run(job, 1), default);
        _bench.Restart();
        var again = await Turns.RunAsync(job, Run(job, 1), default);
        Assert.Equal((true, "fine"), (again.IsOk, again.Summary));
        Assert.Single(_bench.Models.Asked);
    }

    // attacks.jsonl, injection-10: a job runs with its creator's rights, and with the channel's; here neither has exec, whatever the agent has.
    [Fact]
    public async Task Run_OfSomebodyWithFewRights_HasTheirsAndNotTheAgents()
    {
        var job = Job(JobSchedule()) with { Person = "kid" };
        _bench.Models.Script(step => step == 0 ? [ScriptedModels.Call("write", """{"path":"x.txt","content":"x"}""")] : [new Microsoft.Extensions.AI.TextContent("done")]);
        await Turns.RunAsync(job, Run(job, 1), default);
        Assert.False(File.Exists(Path.Combine(_bench.Workspace, "x.txt")));
        Assert.Contains(_bench.Agents.Default.Sessions.Find($"agent:main:cron:{job.Id}")!.Read(), m => m.Role == SessionMessage.Tool && m.Text.Contains("not allowed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_InAForeignAgentsSession_IsRefused()
    {
        var job = Job(JobSchedule()) with { Target = "session:agent:other:main" };
        await Assert.ThrowsAsync<ScheduleException>(() => Turns.RunAsync(job, Run(job, 1), default));
    }

    [Fact]
    public async Task Run_ThatTakesTooLong_IsStopped()
    {
        _bench.Models.Answer = (_, cancellation) => ScriptedModels.SayAndHang("so far", cancellation);
        var job = Job(JobSchedule()) with { TimeoutSeconds = 0.05 };
        var outcome = await Turns.RunAsync(job, Run(job, 1), default);
        Assert.False(outcome.IsOk);
        Assert.Contains("longer than", outcome.Error, StringComparison.Ordinal);
    }

    private JobTurns Turns => new(_bench.Agents, _bench.Turns, _book.Notes, TimeProvider.System);

    private static JobSchedule JobSchedule() => new("every") { EveryMs = 1000 };

    private static Job Job(JobSchedule schedule) => new() { Id = "j1", Name = "test", Schedule = schedule, Text = "do it" };

    private static JobRun Run(Job job, long slot) => new($"cron:{job.Id}:{slot}:1", job.Id, slot, 1, slot);
}
