using System.Diagnostics.CodeAnalysis;

namespace Runtime.Sessions;

/// <summary>One message and its answer. Safe for several threads.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing; whoever aborts late must find it alive.")]
public sealed class Turn
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<TurnResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Turn(Session session, string runId, string text, long acceptedAt) =>
        (Session, RunId, Text, AcceptedAt) = (session, runId, text, acceptedAt);

    /// <summary>Where it belongs.</summary>
    public Session Session { get; }

    /// <summary>Its name, which is the idempotency key of its message.</summary>
    public string RunId { get; }

    /// <summary>What was said.</summary>
    public string Text { get; }

    /// <summary>When it was accepted, Unix milliseconds.</summary>
    public long AcceptedAt { get; }

    /// <summary>When its generation began, Unix milliseconds; 0 while it waits.</summary>
    public long StartedAt { get; internal set; }

    /// <summary>The answer so far.</summary>
    public string Answer { get; internal set; } = "";

    /// <summary>How it ended, once it has. Never fails.</summary>
    public Task<TurnResult> Result => _result.Task;

    /// <summary>True once it has ended and its answer, where there is one, is on the disk.</summary>
    public bool IsOver { get; internal set; }

    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Stops it; what was said so far is kept.</summary>
    public void Abort() => _stop.Cancel();

    internal void End(TurnResult result) => _result.TrySetResult(result);
}
