using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Providers;

namespace Models.Routing.Execution;

/// <summary>The tries at one question: who is asked when, who is left out meanwhile, and when there is nobody left. For one question.</summary>
/// <param name="router">The router.</param>
/// <param name="question">The question.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class AnswerRun(ModelRouter router, Question question, CancellationToken cancellation)
{
    private const int MostFailures = 6;

    // How long somebody is waited for who is busy, or rests, while nobody else may answer.
    private static readonly TimeSpan MostWaiting = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250);

    private readonly DateTimeOffset _at = router.Time.GetUtcNow();
    private readonly List<AttemptRecord> _attempts = [];
    private readonly Dictionary<string, ExclusionReason> _out = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resting = new(StringComparer.Ordinal);
    private RoutingDecision? _first;
    private Attempt? _current;
    private Exception? _last;
    private TimeSpan _waited;
    private int _failures;
    private bool _hasEscalated;
    private string? _limit;
    private string? _refusal;

    /// <summary>True where the last attempt failed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Begins the next attempt.</summary>
    /// <param name="said">What was said so far.</param>
    /// <exception cref="RoutingException">There is nobody to ask.</exception>
    /// <exception cref="GenerationException">The conversation is too long for them.</exception>
    public async Task<Attempt> BeginAsync(string said)
    {
        Failed = false;
        while (true)
        {
            var decision = Decide();
            foreach (var candidate in InOrder(decision, said.Length > 0))
            {
                if (Attempt.TryBegin(router, candidate, question, isHedge: false, out var why, cancellation) is { } attempt)
                {
                    if (said.Length > 0) attempt.Continues();
                    return _current = await StartAsync(attempt, decision, said);
                }
                // Somebody else was quicker at the last place, or the last cent.
                if (why.Reason == ExclusionReason.Budget) _out[candidate.Target.Name] = why.Reason;
            }
            await WaitAsync(decision, said.Length > 0);
        }
    }

    /// <summary>What is said next; null at the end, whichever it is.</summary>
    public async Task<ChatResponseUpdate?> NextAsync(Attempt attempt)
    {
        try
        {
            return await attempt.NextAsync() ? attempt.Current : null;
        }
        catch (Exception e) when (attempt.Failed(e) is { } fault)
        {
            Fail(attempt, fault, e);
            return null;
        }
    }

    /// <summary>Ends an attempt whose answer is not good enough, where others may be asked; once. False where nobody may: it has to do then.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="why">Why, as it is recorded.</param>
    /// <param name="isOver">True where it came to its end.</param>
    /// <param name="onlyBetter">True where others that are no better are no help.</param>
    public bool TryEscalate(Attempt attempt, string why, bool isOver, bool onlyBetter)
    {
        if (_hasEscalated) return false;
        _hasEscalated = true;
        var (asked, better) = (question, BetterThan(attempt));
        if (onlyBetter) question = better;
        _out[attempt.Target.Name] = ExclusionReason.NotBetter;
        if (Decide().IsRefused)
        {
            question = asked;
            _limit = router.Decide(better, _out).Refusal();
            return false;
        }
        if (isOver) attempt.Succeeded(why);
        else attempt.Lost(why);
        return true;
    }

    /// <summary>It ended well.</summary>
    public void Answered(Attempt attempt)
    {
        attempt.Succeeded();
        router.State.Remember(question.Source.Conversation, attempt.Target.Name, (int)Math.Min(int.MaxValue, attempt.Record.PromptTokens ?? question.Turn.Tokens), question.Source.IsWhole ? DataClass.Public : question.Found.Data);
    }

    /// <summary>Tells what became of it.</summary>
    public void Record()
    {
        Close();
        if (_first is { } first) router.Recorded?.Invoke(new RouteRecord(_at, first, question.Found.Why, _attempts)
        {
            Id = RouteLog.NewId(),
            Run = question.Source.Run,
            Conversation = question.Source.Conversation,
            Escalation = first.Request.Turn.BetterThan is null && _limit is null ? null : question.Source.DeadEnd ?? (question.Source.TryHarder ? "a better answer was asked for" : null),
            Limit = _limit,
            Refusal = _refusal,
        });
    }

    private RoutingDecision Decide()
    {
        var tried = new Dictionary<string, ExclusionReason>(_out, StringComparer.Ordinal);
        foreach (var name in _resting) tried[name] = ExclusionReason.Failing;
        var decision = router.Decide(question, tried);
        if (_first is null && decision.IsRefused && question.Turn.BetterThan is not null && !question.Source.TryHarder)
        {
            // Nobody better may: whoever gets no further goes on all the same.
            _limit = decision.Refusal();
            question = question with { Turn = question.Turn with { BetterThan = null } };
            decision = router.Decide(question, tried);
        }
        _first ??= decision;
        return decision;
    }

    private Question BetterThan(Attempt attempt) => question with { Turn = question.Turn with { BetterThan = attempt.Target.Name } };

    // Who wants the quickest does not wait for a second thought.
    private bool MayBeBettered(Attempt attempt, RoutingDecision decision) => attempt.Target.IsLocal && !_hasEscalated && decision.Profile != RoutingProfile.Fast
        && !router.Decide(BetterThan(attempt), _out).IsRefused;

    // What is here goes on best: it will not break off as well.
    private static IEnumerable<Candidate> InOrder(RoutingDecision decision, bool goesOn)
    {
        var ranked = decision.Ranked.Select(r => decision.Request.Candidates.First(c => c.Target.Name == r.Name)).ToList();
        return goesOn ? ranked.Where(c => c.Target.IsLocal).Concat(ranked.Where(c => !c.Target.IsLocal)) : ranked;
    }

    private async Task<Attempt> StartAsync(Attempt attempt, RoutingDecision decision, string said)
    {
        Close();
        var messages = said.Length > 0 ? Continuation.Messages(question.Messages, said) : question.Messages;
        attempt.IsDoubted = said.Length == 0 && MayBeBettered(attempt, decision);
        attempt.Ask(messages, question.Options, question.Turn.MostAnswer);
        // Nothing that was done may be done twice, and nothing that was said.
        if (said.Length > 0 || question.Turn.IsInToolLoop || attempt.Target.IsLocal) return attempt;
        var expected = decision.Ranked.First(r => r.Name == attempt.Target.Name).FirstToken;
        using var noLonger = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var late = Task.Delay(TimeSpan.FromSeconds(Math.Max(2, 3 * expected)), router.Time, noLonger.Token);
        if (await Task.WhenAny(attempt.FirstAsync(), late) != late || late.IsCanceled)
        {
            noLonger.Cancel();
            return attempt;
        }
        var others = InOrder(decision, goesOn: false).Where(c => c.Target != attempt.Target && router.State.Health(c.Target).Blocked() is null).ToList();
        if (others.Count == 0 || !router.State.TryHedge()) return attempt;
        return Attempt.TryBegin(router, others[0], question, isHedge: true, out _, cancellation) is { } hedge ? await RaceAsync(attempt, hedge, messages) : attempt;
    }

    // Whoever speaks first speaks on; the other is paid all the same.
    private async Task<Attempt> RaceAsync(Attempt attempt, Attempt hedge, IReadOnlyList<ChatMessage> messages)
    {
        hedge.Ask(messages, question.Options, question.Turn.MostAnswer);
        var first = await Task.WhenAny(attempt.FirstAsync(), hedge.FirstAsync());
        var (winner, loser) = first == hedge.FirstAsync() ? (hedge, attempt) : (attempt, hedge);
        if (!first.IsCompletedSuccessfully) (winner, loser) = (loser, winner);
        if (first.IsCompletedSuccessfully) loser.Lost();
        else if (first.Exception?.InnerException is { } e && loser.Failed(e) is { } fault) Fail(loser, fault, e);
        Failed = false;
        await loser.DisposeAsync();
        _attempts.Add(loser.Record);
        return winner;
    }

    private void Fail(Attempt attempt, UpstreamFault fault, Exception error)
    {
        (Failed, _last) = (true, error);
        _failures++;
        if (Faults.MayPass(fault)) _resting.Add(attempt.Target.Name);
        else _out[attempt.Target.Name] = fault == UpstreamFault.ContextExceeded ? ExclusionReason.Window : ExclusionReason.CoolingDown;
    }

    private async Task WaitAsync(RoutingDecision decision, bool hasSaid)
    {
        if (_failures >= MostFailures) throw Refuse(decision, hasSaid);
        TimeSpan? wait = null;
        if (_resting.Count > 0)
        {
            // All that could were tried: once more, a little later each time.
            wait = TimeSpan.FromSeconds(0.5 * (1 << Math.Min(_failures, 5)) * (0.5 + router.Jitter()));
            _resting.Clear();
        }
        foreach (var exclusion in decision.Out)
        {
            if (exclusion.Reason is not (ExclusionReason.Busy or ExclusionReason.Failing or ExclusionReason.CoolingDown) || _out.ContainsKey(exclusion.Target)) continue;
            if (router.Targets.FirstOrDefault(t => t.Target.Name == exclusion.Target) is not { } target || router.State.Health(target.Target).Blocked() is not { } blocked) continue;
            if (wait is null || blocked.For < wait) wait = blocked.For;
        }
        // The last place, or the last cent, was another's.
        if (wait is null && decision.Ranked.Count > 0) wait = ShortestWait;
        if (wait is not { } pause) throw Refuse(decision, hasSaid);
        pause = pause < ShortestWait ? ShortestWait : pause;
        if (_waited + pause > MostWaiting) throw Refuse(decision, hasSaid);
        _waited += pause;
        await Task.Delay(pause, router.Time, cancellation);
    }

    private ModelException Refuse(RoutingDecision decision, bool hasSaid)
    {
        var refusal = decision.IsRefused ? decision.Refusal() : "";
        // Where all there are were tried, what the last one said is all there is to say.
        if (_last is not null && decision.Out.All(o => o.Detail == ModelRouter.Tried || o.Reason == ExclusionReason.NotAsked)) refusal = "";
        _refusal = _last is null ? refusal : $"{_last.Message} {refusal}".TrimEnd();
        if (hasSaid) _refusal = $"The answer broke off, and nobody could go on with it. {_refusal}";
        // Whoever asks can shorten it.
        else if (decision.Out.Any(o => o.Reason == ExclusionReason.Window)) return new GenerationException(_refusal) { IsContextExceeded = true };
        return new RoutingException(_refusal, _last) { Nearest = _last is null && !hasSaid ? decision.Nearest()?.Reason : null };
    }

    private void Close()
    {
        if (_current is null) return;
        _attempts.Add(_current.Record);
        _current = null;
    }
}
