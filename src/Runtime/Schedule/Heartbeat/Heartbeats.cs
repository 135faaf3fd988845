using System.Globalization;
using Models;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Schedule.Jobs;

namespace Runtime.Schedule.Heartbeat;

/// <summary>
/// Lets agents look after what stands in their HEARTBEAT.md, and after what was left for their next heartbeat, from time to time. Where
/// there is neither, no model is asked and nothing is spent. Each heartbeat has a session that begins with nothing. Safe for several threads.
/// </summary>
/// <param name="agents">Whose heartbeats.</param>
/// <param name="turns">Where they run.</param>
/// <param name="notes">What was left for them, and what they have spent.</param>
/// <param name="settings">The settings of now.</param>
/// <param name="time">The clock.</param>
public sealed class Heartbeats(AgentBook agents, TurnRunner turns, JobNotes notes, Func<HeartbeatSettings> settings, TimeProvider time) : IDisposable
{
    /// <summary>What an agent is told before what it looks after.</summary>
    public const string Prompt = $"[heartbeat] Do what is due of the following. Where nothing of it needs your owner, answer {HeartbeatReply.Ok} and nothing else.";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ITimer? _timer;

    /// <summary>Hears of every heartbeat.</summary>
    public event Action<HeartbeatEvent>? Happened;

    /// <summary>Hears of faults.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>True while the machine is spared: the next one is soon enough.</summary>
    public Func<bool> Rests { get; init; } = () => false;

    /// <summary>False while they rest.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The last one; null before the first.</summary>
    public HeartbeatEvent? Last { get; private set; }

    /// <summary>The settings of now.</summary>
    public HeartbeatSettings Settings => settings();

    /// <summary>Begins to look.</summary>
    public void Start()
    {
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wait();
    }

    /// <summary>One heartbeat of an agent.</summary>
    public async Task<HeartbeatEvent> BeatAsync(Agent agent)
    {
        await _turn.WaitAsync();
        try
        {
            var began = time.GetUtcNow().ToUnixTimeMilliseconds();
            HeartbeatEvent happened;
            try { happened = await BeatAsync(agent, new HeartbeatEvent(agent.Id, began, "skipped")); }
            catch (ModelException e) { happened = new HeartbeatEvent(agent.Id, began, "failed") { Reason = e.Message }; }
            Last = happened = happened with { DurationMs = Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - began) };
            Happened?.Invoke(happened);
            return happened;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private async Task<HeartbeatEvent> BeatAsync(Agent agent, HeartbeatEvent skipped)
    {
        if (!Enabled || settings().Every <= TimeSpan.Zero) return skipped with { Reason = "disabled" };
        var local = settings().Local(time.GetUtcNow());
        if (!settings().IsActive(local)) return skipped with { Reason = "quiet-hours" };
        var (file, waiting) = (HeartbeatFile.Read(agent), notes.Waiting(agent.Id));
        if (file is null && waiting.Count == 0) return skipped with { Reason = "empty-heartbeat-file" };
        var day = local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (notes.Spent(agent.Id, day) >= settings().TokensPerDay) return skipped with { Reason = "token-budget" };
        // Who waits for an answer comes first; the next heartbeat is soon enough.
        if (turns.Active.Count > 0) return skipped with { Reason = "requests-in-flight" };
        if (Rests()) return skipped with { Reason = "machine-spared" };

        var key = $"agent:{agent.Id}:heartbeat";
        if (agent.Sessions.Delete(key) is { } aside) File.Delete(aside);
        var session = agent.Sessions.GetOrCreate(key);
        var text = string.Join("\n\n", ((string?[])[Prompt, file, waiting.Count > 0 ? "Since the last heartbeat:\n" + string.Join('\n', waiting.Select(one => $"- {one.Text}")) : null]).OfType<string>());
        // What was left may come from anywhere.
        var origin = new TurnOrigin { Channel = JobTurns.Channel, IsBackground = true, IsTainted = waiting.Count > 0 };
        var result = await turns.Start(session, $"heartbeat:{Guid.NewGuid():N}", text, null, origin)!.Result;
        var tokens = session.Read().Sum(message => message.InputTokens + message.OutputTokens);
        notes.Spend(agent.Id, day, tokens, result.Status == TurnStatus.Ok && waiting.Count > 0 ? waiting[^1].Number : 0);
        if (result.Status != TurnStatus.Ok) return skipped with { Status = "failed", Reason = result.Error ?? "aborted", Tokens = tokens };
        var shown = HeartbeatReply.Shown(result.Answer?.Text ?? "");
        return skipped with { Status = shown is null ? "ok-token" : "sent", Text = shown, Tokens = tokens };
    }

    private void Look() => _ = Task.Run(async () =>
    {
        try
        {
            foreach (var agent in agents.All) await BeatAsync(agent);
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
        }
        finally
        {
            Wait();
        }
    });

    private void Wait()
    {
        var every = settings().Every;
        // Looked at again in a while, where it is off: it may be turned on.
        try { _timer?.Change(every > TimeSpan.Zero ? every : TimeSpan.FromMinutes(30), Timeout.InfiniteTimeSpan); }
        catch (ObjectDisposedException) { }
    }
}
