using System.Text;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;

namespace Runtime.Sessions;

/// <summary>
/// Runs turns: one at a time in a session, a bounded number at once in all, in the order they came. A turn is accepted when its message is
/// on the disk, and over when its answer is. Safe for several threads.
/// </summary>
/// <param name="models">Who answers.</param>
/// <param name="defaultModel">The model for sessions that name none; null leaves it to the store.</param>
/// <param name="time">The clock.</param>
public sealed class TurnRunner(IModelHost models, string? defaultModel, TimeProvider time) : IDisposable
{
    /// <summary>Turns that may wait or run at once.</summary>
    public const int MostAccepted = 256;

    /// <summary>Turns that may run at once; a model decides itself how many of them it computes together.</summary>
    public const int MostRunning = 8;

    /// <summary>How long a finished turn is remembered for those who ask again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private const int MostRemembered = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly Queue<(Turn Turn, long EndedAt)> _finished = new();
    private readonly SemaphoreSlim _running = new(MostRunning, MostRunning);

    /// <summary>Hears what happens in every turn.</summary>
    public event Action<TurnEvent>? Happened;

    /// <summary>Hears of faults that are no one's request.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Turns that are not over, oldest first.</summary>
    public IReadOnlyList<Turn> Active
    {
        get { lock (_lock) return [.. _turns.Values.Where(t => !t.IsOver).OrderBy(t => t.AcceptedAt)]; }
    }

    /// <summary>A turn that is not over, or was not long ago; null otherwise.</summary>
    public Turn? Find(string runId)
    {
        lock (_lock) return _turns.GetValueOrDefault(runId);
    }

    /// <summary>Accepts a message. The same <paramref name="runId"/> again gives the same turn and says nothing twice.</summary>
    /// <param name="session">Where it is said.</param>
    /// <param name="runId">The sender's idempotency key.</param>
    /// <param name="text">What is said.</param>
    /// <param name="onAccepted">Called once the message is on the disk and before anything is told of the turn; not for a repeat.</param>
    /// <returns>The turn, or null where its message is in the transcript from before this process.</returns>
    /// <exception cref="ModelException">Too many turns wait, or the message cannot be written.</exception>
    public Turn? Start(Session session, string runId, string text, Action? onAccepted = null)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var turn = new Turn(session, runId, text, now);
        lock (_lock)
        {
            Forget(now);
            if (_turns.TryGetValue(runId, out var same)) return same;
            if (session.Has(InputKey(runId))) return null;
            if (_turns.Count - _finished.Count >= MostAccepted) throw new ModelException("Too many messages wait for an answer. Try again when some are answered.");
            _turns[runId] = turn;
        }
        SessionMessage? message = null;
        try
        {
            message = session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, now, SessionMessage.User, text) { RunId = runId, IdempotencyKey = InputKey(runId) });
        }
        finally
        {
            if (message is null)
            {
                lock (_lock) _turns.Remove(runId);
            }
        }
        if (message is null) return null;
        onAccepted?.Invoke();
        Tell(new TurnAccepted(turn, message));
        _ = Task.Run(() => RunAsync(turn));
        return turn;
    }

    /// <summary>Stops every turn and waits until what they said is on the disk.</summary>
    public void Dispose()
    {
        var active = Active;
        foreach (var turn in active) turn.Abort();
        Task.WaitAll([.. active.Select(t => t.Result)], TimeSpan.FromSeconds(5));
        _running.Dispose();
    }

    /// <summary>The idempotency key of a turn's message.</summary>
    public static string InputKey(string runId) => $"{runId}:user";

    // A hearer's fault is not the turn's.
    private void Tell(TurnEvent happened)
    {
        try { Happened?.Invoke(happened); }
        catch (Exception e) { Faulted?.Invoke(e); }
    }

    private async Task RunAsync(Turn turn)
    {
        TurnResult result;
        try
        {
            await turn.Session.Lane.WaitAsync(turn.Stopped);
            try
            {
                await _running.WaitAsync(turn.Stopped);
                try { result = await AnswerAsync(turn); }
                finally { _running.Release(); }
            }
            finally { turn.Session.Lane.Release(); }
        }
        catch (OperationCanceledException)
        {
            result = Ended(TurnStatus.Aborted, null);
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
            result = Ended(TurnStatus.Failed, null) with { Error = "Internal error. The gateway's output has the details." };
        }
        lock (_lock)
        {
            turn.IsOver = true;
            _finished.Enqueue((turn, result.EndedAt));
        }
        // Those who wait for the result hear of it after everybody was told.
        Tell(new TurnEnded(turn, result));
        turn.End(result);
    }

    private async Task<TurnResult> AnswerAsync(Turn turn)
    {
        turn.StartedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        Tell(new TurnStarted(turn));
        var answer = new StringBuilder();
        Conversation? conversation = null;
        string? model = null;
        try
        {
            var client = await models.GetChatClientAsync(turn.Session.Settings.Model ?? defaultModel, turn.Stopped);
            model = client.GetService<ChatClientMetadata>()?.DefaultModelId;
            var earlier = SessionContext.Before(turn.Session.Read(), turn.RunId);
            while (true)
            {
                conversation = new Conversation(client, new ChatOptions(), earlier);
                try
                {
                    await foreach (var piece in conversation.AskAsync(turn.Text, turn.Stopped))
                    {
                        answer.Append(piece);
                        turn.Answer = answer.ToString();
                        Tell(new TurnDelta(turn, piece));
                    }
                    break;
                }
                catch (GenerationException e) when (e.IsContextExceeded && earlier.Count > 0 && answer.Length == 0)
                {
                    // The oldest half is what the model can best do without.
                    earlier = SessionContext.Newer(earlier);
                }
            }
            var reason = conversation.Finish == ChatFinishReason.Length ? "length" : "stop";
            return Ended(TurnStatus.Ok, Write(turn, answer, model, conversation, reason));
        }
        catch (OperationCanceledException) when (turn.Stopped.IsCancellationRequested)
        {
            return Ended(TurnStatus.Aborted, answer.Length > 0 ? Write(turn, answer, model, conversation, "aborted") : null);
        }
        catch (ModelException e)
        {
            var said = answer.Length > 0 ? Write(turn, answer, model, conversation, "error") : null;
            return Ended(TurnStatus.Failed, said) with { Error = e.Message, IsContextExceeded = e is GenerationException { IsContextExceeded: true } };
        }
    }

    private SessionMessage? Write(Turn turn, StringBuilder answer, string? model, Conversation? conversation, string reason) =>
        turn.Session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, time.GetUtcNow().ToUnixTimeMilliseconds(), SessionMessage.Assistant, answer.ToString())
        {
            RunId = turn.RunId,
            Model = model,
            InputTokens = conversation?.Usage?.InputTokenCount ?? 0,
            OutputTokens = conversation?.Usage?.OutputTokenCount ?? 0,
            StopReason = reason,
        });

    private TurnResult Ended(TurnStatus status, SessionMessage? answer) => new(status, answer, time.GetUtcNow().ToUnixTimeMilliseconds());

    private void Forget(long now)
    {
        while (_finished.TryPeek(out var oldest) && (_finished.Count > MostRemembered || now - oldest.EndedAt > Remembered.TotalMilliseconds))
        {
            _finished.Dequeue();
            _turns.Remove(oldest.Turn.RunId);
        }
    }
}
