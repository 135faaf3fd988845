namespace Models.Routing.Health;

/// <summary>
/// How many calls a target takes at once: one more for each round that went well while it was full, half as many when it says it is too
/// many (additive increase, multiplicative decrease). Not safe for several threads.
/// </summary>
internal sealed class ConcurrencyLimit
{
    private const double First = 4, Most = 32;
    private int _round;

    /// <summary>Calls it takes.</summary>
    public double Limit { get; private set; } = First;

    /// <summary>Calls under way.</summary>
    public int Running { get; private set; }

    /// <summary>True where no other is taken.</summary>
    public bool IsFull => Running >= (int)Limit;

    /// <summary>A call begins. Returns the round it belongs to.</summary>
    public int Enter()
    {
        Running++;
        return _round;
    }

    /// <summary>A call ended well, or without saying anything.</summary>
    public void Leave(bool well)
    {
        if (well && IsFull) Limit = Math.Min(Most, Limit + 1 / Limit);
        Running--;
    }

    /// <summary>A call ended because it was one too many. Those that began before the last halving were halved already.</summary>
    public void TooMany(int round)
    {
        Running--;
        if (round != _round) return;
        _round++;
        Limit = Math.Max(1, Limit / 2);
    }
}
