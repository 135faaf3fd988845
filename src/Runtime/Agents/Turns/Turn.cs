using System.Diagnostics.CodeAnalysis;
using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>One message and its answer, with all the steps between. Safe for several threads.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing; whoever aborts late must find it alive.")]
public sealed class Turn
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<TurnResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<Turn> _joined = [];
    private List<SessionMessage> _steering = [];
    private bool _isClosed;

    internal Turn(Session session, string runId, string text, long acceptedAt, TurnOrigin origin) =>
        (Session, RunId, Text, AcceptedAt, Origin) = (session, runId, text, acceptedAt, origin);

    /// <summary>Where it belongs.</summary>
    public Session Session { get; }

    /// <summary>Its name, which is the idempotency key of its message.</summary>
    public string RunId { get; }

    /// <summary>What was said.</summary>
    public string Text { get; }

    /// <summary>How it came.</summary>
    public TurnOrigin Origin { get; }

    /// <summary>When it was accepted, Unix milliseconds.</summary>
    public long AcceptedAt { get; }

    /// <summary>When its generation began, Unix milliseconds; 0 while it waits.</summary>
    public long StartedAt { get; internal set; }

    /// <summary>When it is stopped at the latest, a timestamp of the clock that turns run by; 0 while it waits.</summary>
    internal long StoppedBy { get; set; }

    /// <summary>Which answer of the model this is, from 1; 0 before the first.</summary>
    public int Step { get; internal set; }

    /// <summary>The answer of this step so far.</summary>
    public string Answer { get; internal set; } = "";

    /// <summary>How it ended, once it has. Never fails.</summary>
    public Task<TurnResult> Result => _result.Task;

    /// <summary>True once it has ended and its answer, where there is one, is on the disk.</summary>
    public bool IsOver { get; internal set; }

    /// <summary>True where it goes on after a restart.</summary>
    internal bool IsResumed { get; set; }

    internal CancellationToken Stopped => _stop.Token;

    /// <summary>True while messages may join it.</summary>
    internal bool TakesMore
    {
        get { lock (_lock) return !_isClosed && !_stop.IsCancellationRequested; }
    }

    /// <summary>The turns that joined this one.</summary>
    internal IReadOnlyList<Turn> Joined
    {
        get { lock (_lock) return [.. _joined]; }
    }

    /// <summary>Stops it; what was said so far is kept.</summary>
    public void Abort() => _stop.Cancel();

    /// <summary>Lets a message join this turn. False where the turn takes none any more.</summary>
    /// <param name="turn">The message's own turn, which ends with this one.</param>
    /// <param name="write">Puts it on the disk, as one of this turn's; null where it is there already.</param>
    internal bool TryJoin(Turn turn, Func<SessionMessage?> write)
    {
        lock (_lock)
        {
            if (_isClosed || _stop.IsCancellationRequested) return false;
            if (write() is not { } message) return true;
            _joined.Add(turn);
            // One answer for both: who stops the one stops the other.
            turn.TryClose(force: true);
            turn.Stopped.Register(Abort);
            _steering.Add(message with { Text = turn.Text });
            return true;
        }
    }

    /// <summary>The messages that joined since this was last asked for.</summary>
    internal IReadOnlyList<SessionMessage> TakeSteering()
    {
        lock (_lock)
        {
            var taken = _steering;
            _steering = [];
            return taken;
        }
    }

    /// <summary>Takes no more messages from here on. False where one has come that was not taken.</summary>
    internal bool TryClose(bool force = false)
    {
        lock (_lock) return _isClosed = force || _steering.Count == 0;
    }

    internal void End(TurnResult result) => _result.TrySetResult(result);
}
