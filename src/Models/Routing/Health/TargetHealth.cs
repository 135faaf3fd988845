using Models.Providers;

namespace Models.Routing.Health;

/// <summary>How a target is: whether calls are let through to it, how many at once, and how fast it was. Runs by the steady clock. Safe for several threads.</summary>
/// <param name="time">The clock.</param>
/// <param name="guess">How fast it is taken to be before it has answered.</param>
/// <param name="jitter">A number between 0 and 1, each time another.</param>
/// <param name="hasQueue">True where it lets those wait that are too many, as models of this box do.</param>
internal sealed class TargetHealth(TimeProvider time, TargetSpeed guess, Func<double> jitter, bool hasQueue = false)
{
    private static readonly TimeSpan LongestCooldown = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();
    private readonly Breaker _breaker = new(jitter);
    private readonly ConcurrencyLimit _limit = new();
    private TargetSpeed _speed = guess;
    private TimeSpan _coolUntil;
    private string _coolWhy = "";
    private TimeSpan _pause = FirstPause;

    /// <summary>How fast it was.</summary>
    public TargetSpeed Speed
    {
        get { lock (_lock) return _speed; }
    }

    /// <summary>Why no call would be let through now, in words, and how long that will last; null where one would.</summary>
    public (ExclusionReason Reason, string Detail, TimeSpan For)? Blocked()
    {
        lock (_lock)
        {
            var now = Now;
            if (now < _coolUntil) return (ExclusionReason.CoolingDown, $"{_coolWhy}, and is left alone for {Words(_coolUntil - now)}", _coolUntil - now);
            if (_breaker.BlockedFor(now) is { } wait) return (ExclusionReason.Failing, $"failed often, and is left alone for {Words(wait)}", wait);
            return IsFull ? (ExclusionReason.Busy, "has as many calls under way as it takes", TimeSpan.Zero) : null;
        }
    }

    /// <summary>Lets a call through; null keeps it away.</summary>
    public CallTicket? TryEnter()
    {
        lock (_lock)
        {
            var now = Now;
            if (now < _coolUntil || IsFull || _breaker.TryEnter(now) is not { } era) return null;
            return new CallTicket(era, _limit.Enter());
        }
    }

    /// <summary>A call ended well.</summary>
    /// <param name="ticket">Which.</param>
    /// <param name="promptTokens">Tokens of the prompt that had to be read.</param>
    /// <param name="firstToken">How long its first token took.</param>
    /// <param name="answerTokens">Tokens of the answer.</param>
    /// <param name="rest">From the first token to the last.</param>
    public void Succeeded(CallTicket ticket, int promptTokens, TimeSpan firstToken, int answerTokens, TimeSpan rest)
    {
        lock (_lock)
        {
            _breaker.Succeeded(ticket.Era, Now);
            _limit.Leave(well: true);
            _pause = FirstPause;
            _speed = _speed.With(promptTokens, firstToken.TotalSeconds, answerTokens, rest.TotalSeconds);
        }
    }

    /// <summary>A call failed.</summary>
    public void Failed(CallTicket ticket, UpstreamFault fault, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var now = Now;
            switch (fault)
            {
                case UpstreamFault.RateLimited:
                    Cool(now, retryAfter ?? NextPause(), "is asked too often");
                    _breaker.Left(ticket.Era);
                    _limit.TooMany(ticket.Round);
                    break;
                case UpstreamFault.Denied or UpstreamFault.Billing:
                    // Nothing but its owner changes that.
                    Cool(now, fault == UpstreamFault.Billing ? LongestCooldown : TimeSpan.FromMinutes(15), fault == UpstreamFault.Billing ? "has no money left on its account" : "does not take the key");
                    _breaker.Left(ticket.Era);
                    _limit.Leave(well: false);
                    break;
                case UpstreamFault.ContextExceeded or UpstreamFault.Refused or UpstreamFault.BadRequest or UpstreamFault.NoKey:
                    // The question's fault, or ours.
                    _breaker.Left(ticket.Era);
                    _limit.Leave(well: false);
                    break;
                default:
                    if (retryAfter is { } wait) Cool(now, wait, "asks for a pause");
                    _breaker.Failed(ticket.Era, now);
                    if (fault is UpstreamFault.Overloaded or UpstreamFault.Timeout) _limit.TooMany(ticket.Round);
                    else _limit.Leave(well: false);
                    break;
            }
        }
    }

    /// <summary>A call ended without saying anything about the target: nobody wanted the answer any more.</summary>
    public void Left(CallTicket ticket)
    {
        lock (_lock)
        {
            _breaker.Left(ticket.Era);
            _limit.Leave(well: false);
        }
    }

    private bool IsFull => !hasQueue && _limit.IsFull;

    private TimeSpan Now => time.GetElapsedTime(_began);

    private void Cool(TimeSpan now, TimeSpan length, string why)
    {
        var until = now + (length < LongestCooldown ? length : LongestCooldown);
        if (until > _coolUntil) (_coolUntil, _coolWhy) = (until, why);
    }

    private TimeSpan NextPause()
    {
        var pause = _pause * (0.9 + 0.2 * jitter());
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return pause;
    }

    private static string Words(TimeSpan time) => time < TimeSpan.FromMinutes(2) ? $"{Math.Ceiling(time.TotalSeconds):0} s" : $"{Math.Ceiling(time.TotalMinutes):0} min";
}
