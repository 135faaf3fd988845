namespace Models.Generation.Drafting;

/// <summary>
/// Decides how many tokens one generation guesses ahead: as many as make tokens cheapest, by the share of its guesses that came true so
/// far and by what wider steps cost; none when guessing does not pay, tried again now and then.
/// </summary>
internal sealed class DraftPolicy(StepCosts costs)
{
    private const double Weight = 0.1;
    private const int TryAgainAfter = 32;

    // Where a text repeats itself it mostly goes on doing so; the first misses correct that quickly.
    private double _accepted = 0.7;
    private int _refused;

    /// <summary>How many tokens to guess, at most <paramref name="most"/>, in a step of <paramref name="rows"/> rows without them.</summary>
    public int Choose(int rows, int most)
    {
        int best = 0;
        double bestRate = 1, expected = 1, power = 1;
        for (var guesses = 1; guesses <= most; guesses++)
        {
            power *= _accepted;
            expected += power;
            var rate = expected / costs.Ratio(rows + guesses, rows);
            if (rate > bestRate) (best, bestRate) = (guesses, rate);
        }
        if (best > 0 || most == 0) return best;
        if (++_refused < TryAgainAfter) return 0;
        _refused = 0;
        return 1;
    }

    /// <summary>Of so many guesses so many came true, until the first that did not.</summary>
    public void Learn(int guessed, int accepted)
    {
        for (var i = 0; i < accepted; i++) _accepted += Weight * (1 - _accepted);
        if (accepted < guessed) _accepted -= Weight * _accepted;
    }
}
