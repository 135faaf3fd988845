namespace Models.Routing.Spending;

/// <summary>
/// The money for targets elsewhere. Before a call its worst case is promised, durably, and the call is made only where every limit it falls
/// under has room; after it what it cost is written down and the rest is free again. So nothing is ever spent beyond a limit, whatever ends
/// when. Windows slide, and their time runs with the machine's steady clock: setting the wall clock opens nothing. Safe for several threads.
/// </summary>
public sealed class BudgetLedger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LedgerFile? _file;
    private readonly SpendingAccount _everyone = new();
    private readonly Dictionary<string, SpendingAccount> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SpendingAccount> _agents = new(StringComparer.Ordinal);
    private long _stamp;
    private DateTimeOffset _now;
    private long _number;

    /// <summary>A ledger.</summary>
    /// <param name="rules">Who may spend how much.</param>
    /// <param name="time">The clock.</param>
    /// <param name="path">The file it is kept in; null keeps nothing.</param>
    /// <param name="tell">Hears, in a sentence for a person, what could not be read of the file.</param>
    /// <exception cref="ModelException">The file cannot be read or written.</exception>
    public BudgetLedger(BudgetRules rules, TimeProvider time, string? path = null, Action<string>? tell = null)
    {
        (Rules, _time, _stamp, _now) = (rules, time, time.GetTimestamp(), time.GetUtcNow());
        if (path is null) return;
        (_file, var entries) = LedgerFile.Open(path, tell ?? (_ => { }));
        // A clock that was put back while the box was off does not bring money back.
        foreach (var entry in entries) _now = entry.At > _now ? entry.At : _now;
        foreach (var entry in entries)
            foreach (var account in Accounts(entry.Agent, entry.Person)) account.Add(entry.At, entry.Micros);
    }

    /// <summary>Who may spend how much; from the next call on.</summary>
    public BudgetRules Rules { get; set; }

    /// <summary>What may still be spent, millionths of a dollar; null for no limit.</summary>
    public long? Left(string? agent, string? person)
    {
        lock (_lock) return Tightest(agent, person)?.Left;
    }

    /// <summary>What was spent in the last hour, 24 hours and 31 days, and what is promised beside it: millionths of a dollar.</summary>
    public (long Hour, long Day, long Month, long Held) Spent()
    {
        lock (_lock)
        {
            var (hour, day, month) = _everyone.Spent(Now());
            return (hour, day, month, _everyone.Held);
        }
    }

    /// <summary>Promises money to a call. When it returns a reservation, that is on the disk.</summary>
    /// <param name="micros">The most the call can cost.</param>
    /// <param name="agent">For whom, or null.</param>
    /// <param name="person">The person it is for; null for the owner.</param>
    /// <param name="refusal">Why there is none, in words that follow "it"; null where there is one.</param>
    public Reservation? TryReserve(long micros, string? agent, string? person, out string? refusal)
    {
        refusal = null;
        lock (_lock)
        {
            if (Tightest(agent, person) is { } tightest && micros > tightest.Left)
            {
                refusal = $"can cost {RoutingWords.Dollars(micros)}, and {RoutingWords.Dollars(tightest.Left)} are left of the {tightest.Window}'s budget";
                return null;
            }
            var reservation = new Reservation(this, ++_number, micros, agent, person);
            // What is free leaves no trace.
            if (micros == 0) return reservation;
            try
            {
                _file?.Reserve(reservation, Now());
            }
            catch (IOException e)
            {
                refusal = $"would cost money that cannot be written down ({e.Message})";
                return null;
            }
            foreach (var account in Accounts(agent, person)) account.Held += micros;
            return reservation;
        }
    }

    /// <summary>Closes the file. What is promised stays promised in it.</summary>
    public void Dispose()
    {
        lock (_lock) _file?.Dispose();
    }

    internal void Settle(Reservation reservation, long micros)
    {
        lock (_lock)
        {
            if (reservation.Micros == 0 && micros == 0) return;
            var now = Now();
            foreach (var account in Accounts(reservation.Agent, reservation.Person))
            {
                account.Held -= reservation.Micros;
                account.Add(now, micros);
            }
            try
            {
                _file?.Settle(reservation, now, micros);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // What is not settled in the file counts whole: too much rather than too little.
            }
        }
    }

    private (long Left, string Window)? Tightest(string? agent, string? person)
    {
        var now = Now();
        var least = _everyone.Left(Rules.Everyone, now);
        if (agent is not null) Take(Account(_agents, agent).Left(Rules.Agents.GetValueOrDefault(agent, Rules.EachAgent), now));
        if (person is not null) Take(Account(_people, person).Left(Rules.People.GetValueOrDefault(person, Rules.EachPerson), now));
        return least;

        void Take((long Left, string Window)? other)
        {
            if (other is { } one && (least is null || one.Left < least.Value.Left)) least = one;
        }
    }

    private List<SpendingAccount> Accounts(string? agent, string? person)
    {
        List<SpendingAccount> accounts = [_everyone];
        if (agent is not null) accounts.Add(Account(_agents, agent));
        if (person is not null) accounts.Add(Account(_people, person));
        return accounts;
    }

    private static SpendingAccount Account(Dictionary<string, SpendingAccount> accounts, string name)
    {
        if (!accounts.TryGetValue(name, out var account)) accounts[name] = account = new SpendingAccount();
        return account;
    }

    // The wall clock of the start, moved on by the steady one.
    private DateTimeOffset Now()
    {
        var stamp = _time.GetTimestamp();
        _now += _time.GetElapsedTime(_stamp, stamp);
        _stamp = stamp;
        return _now;
    }
}
