using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Models;
using Models.Generation;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tests.Sessions;
using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Agents.Turns;

public sealed class TurnRunnerTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly EchoModels _models;
    private readonly AgentBook _agents;
    private readonly TurnRunner _turns;
    private readonly ConcurrentQueue<TurnEvent> _events = new();

    public TurnRunnerTests()
    {
        _models = new EchoModels(_home.Path);
        _agents = new AgentBook(_home.Path, [], TimeProvider.System);
        _turns = NewRunner();
        _turns.Happened += _events.Enqueue;
    }

    private SessionStore Sessions => _agents.Default.Sessions;

    private Session Main => Sessions.GetOrCreate(SessionKey.Main);

    public void Dispose()
    {
        _turns.Dispose();
        _models.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Start_TellsInOrder_AndIsOverWhenTheAnswerIsOnTheDisk()
    {
        var onDisk = -1;
        _turns.Happened += happened => onDisk = happened is TurnEnded ? File.ReadLines(Main.Path).Count() : onDisk;
        var accepted = false;
        var turn = _turns.Start(Main, "r1", "hi", () => accepted = true)!;
        Assert.True(accepted);
        var result = await turn.Result;
        Assert.Equal((TurnStatus.Ok, "re: hi", 3, 4), (result.Status, result.Answer!.Text, result.Answer.InputTokens, result.Answer.OutputTokens));
        Assert.Equal(["TurnAccepted", "TurnStarted", "TurnDelta", "TurnEnded"], _events.Select(e => e.GetType().Name));
        Assert.Equal(3, onDisk);
    }

    [Fact]
    public async Task Start_KnowsWhatWasSaidBefore_AndNotWhatCameAfter()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _models.Answer = (messages, _) => Late(messages[^1].Text);
        var first = _turns.Start(Main, "r1", "one")!;
        var second = _turns.Start(Main, "r2", "two")!;
        gate.SetResult();
        await Task.WhenAll(first.Result, second.Result);
        Assert.Equal(["user: one", "user: one | assistant: re: one | user: two"], _models.Asked);

        async IAsyncEnumerable<string> Late(string text)
        {
            await gate.Task;
            yield return $"re: {text}";
        }
    }

    [Fact]
    public async Task Start_SameRun_IsTheSameTurn_AlsoAfterARestart()
    {
        var turn = _turns.Start(Main, "r1", "hi")!;
        Assert.Same(turn, _turns.Start(Main, "r1", "hi"));
        await turn.Result;
        using var restarted = NewRunner();
        Assert.Null(restarted.Start(new SessionStore(Sessions.Folder, TimeProvider.System).Find(SessionKey.Main)!, "r1", "hi"));
        Assert.Single(_models.Asked);
    }

    [Fact]
    public async Task Abort_KeepsWhatWasSaid_AndTheNextTurnBegins()
    {
        _models.Answer = (messages, cancellation) => Hang("begun", cancellation);
        var turn = _turns.Start(Main, "r1", "hi")!;
        var waits = _turns.Start(Main, "r2", "never mind")!;
        while (turn.Answer.Length == 0) await Task.Yield();
        waits.Abort();
        Assert.Equal(TurnStatus.Aborted, (await waits.Result).Status);
        _models.Answer = (messages, _) => EchoModels.Say("next");
        turn.Abort();
        var result = await turn.Result;
        Assert.Equal((TurnStatus.Aborted, "begun", "aborted"), (result.Status, result.Answer!.Text, result.Answer.StopReason));
        Assert.Equal("next", (await _turns.Start(Main, "r3", "go on")!.Result).Answer!.Text);
        Assert.Empty(_turns.Active);
    }

    [Fact]
    public async Task Start_DoesNotFit_LeavesTheOldestOut()
    {
        for (var i = 0; i < 4; i++) await _turns.Start(Main, $"r{i}", $"q{i}")!.Result;
        _models.Asked.Clear();
        _models.Answer = (messages, _) => messages.Count > 3 ? throw new GenerationException("too long") { IsContextExceeded = true } : EchoModels.Say("short enough");
        Assert.Equal("short enough", (await _turns.Start(Main, "last", "now")!.Result).Answer!.Text);
        string[] asked;
        lock (_models.Asked) asked = [.. _models.Asked];
        Assert.Contains(asked, a => a.EndsWith("user: q3 | assistant: re: q3 | user: now", StringComparison.Ordinal));
        Assert.Equal(10, File.ReadLines(Main.Path).Count(line => line.Contains("\"type\":\"message\"", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Start_ModelFails_SaysWhy_AndABugStaysInside()
    {
        _models.Answer = (_, _) => throw new ModelException("no memory");
        var failed = await _turns.Start(Main, "r1", "hi")!.Result;
        Assert.Equal((TurnStatus.Failed, "no memory"), (failed.Status, failed.Error));
        var faults = new ConcurrentQueue<Exception>();
        _turns.Faulted += faults.Enqueue;
        _models.Answer = (_, _) => throw new InvalidOperationException("secret detail");
        Assert.DoesNotContain("secret", (await _turns.Start(Main, "r2", "hi")!.Result).Error, StringComparison.Ordinal);
        Assert.Single(faults);
    }

    [Fact]
    public async Task Sessions_DoNotWaitForEachOther_BeyondTheLimitOfAll()
    {
        var running = 0;
        var most = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _models.Answer = (_, _) => Count();
        var turns = Enumerable.Range(0, TurnRunner.MostRunning + 4).Select(i => _turns.Start(Sessions.GetOrCreate($"agent:main:{i}"), $"r{i}", "hi")!).ToArray();
        while (Volatile.Read(ref running) < TurnRunner.MostRunning) await Task.Yield();
        gate.SetResult();
        await Task.WhenAll(turns.Select(t => t.Result));
        Assert.Equal(TurnRunner.MostRunning, most);

        async IAsyncEnumerable<string> Count()
        {
            var now = Interlocked.Increment(ref running);
            lock (_models) most = Math.Max(most, now);
            await gate.Task;
            Interlocked.Decrement(ref running);
            yield return "x";
        }
    }

    private TurnRunner NewRunner() =>
        new(new TurnServices(_models, _agents, new ToolRunner(new ToolTable([]), _agents.Policy()), null, TimeProvider.System));

    private static async IAsyncEnumerable<string> Hang(string text, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return text;
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
