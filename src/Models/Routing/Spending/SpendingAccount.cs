namespace Models.Routing.Spending;

/// <summary>What one of those who spend has spent, and what is promised to calls under way. Not safe for several threads.</summary>
internal sealed class SpendingAccount
{
    private readonly SpendingWindow _hour = new(TimeSpan.FromHours(1), 60);
    private readonly SpendingWindow _day = new(TimeSpan.FromDays(1), 48);
    private readonly SpendingWindow _month = new(TimeSpan.FromDays(31), 62);

    /// <summary>Promised: it counts in every window, however long the call takes.</summary>
    public long Held { get; set; }

    /// <summary>Adds what was spent.</summary>
    public void Add(DateTimeOffset at, long amount)
    {
        _hour.Add(at, amount);
        _day.Add(at, amount);
        _month.Add(at, amount);
    }

    /// <summary>What was spent, without what is promised.</summary>
    public (long Hour, long Day, long Month) Spent(DateTimeOffset now) => (_hour.At(now), _day.At(now), _month.At(now));

    /// <summary>What is left of the tightest limit, and its name; null where there is none.</summary>
    public (long Left, string Window)? Left(SpendingLimits limits, DateTimeOffset now)
    {
        var spent = Spent(now);
        (long Left, string Window)? least = null;
        Take(limits.Hour, spent.Hour, "hour");
        Take(limits.Day, spent.Day, "day");
        Take(limits.Month, spent.Month, "month");
        return least;

        void Take(long? limit, long used, string window)
        {
            if (limit is not { } most) return;
            var left = Math.Max(0, most - SpendingWindow.Plus(used, Held));
            if (least is null || left < least.Value.Left) least = (left, window);
        }
    }
}
