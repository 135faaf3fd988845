using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Providers;
using Models.Routing.Health;
using Models.Routing.Spending;

namespace Models.Routing.Execution;

/// <summary>
/// One call of one target: how long it may take, what it costs, and how it ended. Money that was promised to it and of which nobody says
/// what became of it counts as spent. For one reader.
/// </summary>
internal sealed class Attempt : IAsyncDisposable
{
    private readonly ModelRouter _router;
    private readonly RoutedTarget _target;
    private readonly Candidate _candidate;
    private readonly CallTicket _ticket;
    private readonly Reservation _money;
    private readonly TargetHealth _health;
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly long _began;
    private IAsyncEnumerator<ChatResponseUpdate>? _answer;
    private Task<bool>? _next;
    private TimeSpan? _first;
    private UsageDetails? _usage;
    private long _bytesOut;
    private bool _isOver;

    private Attempt(ModelRouter router, RoutedTarget target, Candidate candidate, CallTicket ticket, Reservation money, CancellationToken cancellation)
    {
        (_router, _target, _candidate, _ticket, _money, _caller) = (router, target, candidate, ticket, money, cancellation);
        _health = router.State.Health(target.Target);
        _patience = new CancellationTokenSource(target.Patience.First, router.Time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _patience.Token);
        _began = router.Time.GetTimestamp();
        Record = new AttemptRecord(Target.Name, "stopped");
    }

    /// <summary>Who is called.</summary>
    public Target Target => _target.Target;

    /// <summary>True where a better one may be asked, should this one not be sure of its answer.</summary>
    public bool IsDoubted { get; set; }

    /// <summary>What became of it, as far as it is known.</summary>
    public AttemptRecord Record { get => field with { BytesOut = Interlocked.Read(ref _bytesOut) }; private set; }

    /// <summary>What was last said.</summary>
    public ChatResponseUpdate Current => _answer!.Current;

    /// <summary>Begins one where the target lets it through and there is money for the worst case. Null where not, and why in words.</summary>
    public static Attempt? TryBegin(ModelRouter router, Candidate candidate, Question question, bool isHedge, out (ExclusionReason Reason, string Detail) why, CancellationToken cancellation)
    {
        why = (ExclusionReason.Busy, "cannot be used now");
        var target = router.Targets.FirstOrDefault(t => t.Target == candidate.Target);
        var health = router.State.Health(candidate.Target);
        if (target is null || candidate.MostCost(question.Turn.MostAnswer) is not { } worst) return null;
        if (health.TryEnter() is not { } ticket) return null;
        if (router.Ledger.TryReserve(worst, question.Turn.Agent, question.Turn.Person, out var refusal) is not { } money)
        {
            health.Left(ticket);
            why = (ExclusionReason.Budget, refusal!);
            return null;
        }
        var attempt = new Attempt(router, target, candidate, ticket, money, cancellation);
        attempt.Record = attempt.Record with { IsHedge = isHedge, To = target.Address };
        return attempt;
    }

    /// <summary>Asks.</summary>
    /// <param name="messages">The conversation, with what was said already.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="mostAnswer">Tokens the answer may have; a target that charges is told, so that it cannot cost more than was promised.</param>
    public void Ask(IReadOnlyList<ChatMessage> messages, ChatOptions? options, int mostAnswer)
    {
        if (!Target.IsLocal)
        {
            options = options?.Clone() ?? new ChatOptions();
            options.MaxOutputTokens = _candidate.AnswerRoom(mostAnswer);
            Add(ChatOptionKeys.Sent, (Action<int>)(bytes => Interlocked.Add(ref _bytesOut, bytes)));
        }
        else if (IsDoubted)
        {
            options = options?.Clone() ?? new ChatOptions();
            Add(ChatOptionKeys.Certainty, true);
        }
        _next = FirstAsync();

        void Add(string name, object value)
        {
            options.AdditionalProperties = options.AdditionalProperties is { } given ? new(given) : [];
            options.AdditionalProperties[name] = value;
        }

        async Task<bool> FirstAsync()
        {
            var client = await _target.Open(_stop.Token);
            _answer = client.GetStreamingResponseAsync(messages, options, _stop.Token).GetAsyncEnumerator(_stop.Token);
            return await MoveAsync();
        }
    }

    /// <summary>Waits until it has begun to speak, and takes nothing of it.</summary>
    public Task<bool> FirstAsync() => _next!;

    /// <summary>Waits for what is said next; false at the end.</summary>
    public async Task<bool> NextAsync()
    {
        var next = _next ?? MoveAsync();
        _next = next;
        var more = await next;
        _next = null;
        return more;
    }

    private async Task<bool> MoveAsync()
    {
        if (!await _answer!.MoveNextAsync()) return false;
        if (_first is null && Current.Contents.Any(c => c is not UsageContent)) _first = Elapsed;
        _usage = Current.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? _usage;
        _patience.CancelAfter(_target.Patience.Between);
        return true;
    }

    /// <summary>It ended well, or came to an end at least.</summary>
    public void Succeeded(string outcome = "answered")
    {
        if (!Over()) return;
        var (prompt, answer) = (_usage?.InputTokenCount, _usage?.OutputTokenCount);
        // What it says it took; where it says nothing, the most it can have been.
        if (prompt is { } read && answer is { } made) _money.Settle(Target.Price!.Value.Of(read, made));
        var first = _first ?? Elapsed;
        // How fast it is when it works: what it rested does not count.
        var duty = Target.IsLocal ? _router.Power().Duty : 1;
        _health.Succeeded(_ticket, _candidate.Tokens - _candidate.CachedTokens, first * duty, (int)Math.Min(int.MaxValue, answer ?? 0), (Elapsed - first) * duty);
        Note(outcome, prompt is not null && answer is not null ? Target.Price!.Value.Of(prompt.Value, answer.Value) : _money.Micros);
    }

    /// <summary>It failed. Returns what went wrong, or null for what is not the target's doing: a bug, or nobody waits any more.</summary>
    public UpstreamFault? Failed(Exception error)
    {
        var fault = error switch
        {
            OperationCanceledException when _caller.IsCancellationRequested => null,
            OperationCanceledException when _patience.IsCancellationRequested => UpstreamFault.Timeout,
            _ => Faults.Of(error),
        };
        if (fault is not { } what || !Over()) return fault;
        _health.Failed(_ticket, what, Faults.RetryAfter(error));
        var isFree = error is ProviderException { IsFree: true };
        if (isFree) _money.Settle(0);
        Note(what.ToString(), isFree ? 0 : _money.Micros);
        return fault;
    }

    /// <summary>Another is better, or was quicker: nobody waits for it any more.</summary>
    public void Lost(string outcome = "late")
    {
        if (!Over()) return;
        _health.Left(_ticket);
        Note(outcome, _money.Micros);
    }

    /// <summary>Marks it as one that goes on with what another said.</summary>
    public void Continues() => Record = Record with { Continues = true };

    /// <summary>Ends the call, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Over())
        {
            _health.Left(_ticket);
            Note("stopped", _money.Micros);
        }
        _stop.Cancel();
        try
        {
            if (_next is { } next) await next;
        }
        // It was to end; whatever it says now, nobody waits for it.
        catch (Exception e) when (e is OperationCanceledException or ModelException) { }
        if (_answer is not null) await _answer.DisposeAsync();
        _money.Dispose();
        _stop.Dispose();
        _patience.Dispose();
    }

    private TimeSpan Elapsed => _router.Time.GetElapsedTime(_began);

    private bool Over() => !_isOver && (_isOver = true);

    private void Note(string outcome, long cost) => Record = Record with
    {
        Outcome = outcome,
        FirstToken = _first?.TotalSeconds,
        Seconds = Elapsed.TotalSeconds,
        PromptTokens = _usage?.InputTokenCount,
        AnswerTokens = _usage?.OutputTokenCount,
        Cost = cost,
        Joules = _candidate.Watts * Elapsed.TotalSeconds is > 0 and var joules ? joules : null,
    };
}
