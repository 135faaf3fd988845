namespace Models.Routing.Spending;

/// <summary>Money promised to one call. What is not settled when it is disposed counts as spent: nobody knows better. Safe for several threads.</summary>
public sealed class Reservation : IDisposable
{
    private readonly BudgetLedger _ledger;
    private int _settled;

    internal Reservation(BudgetLedger ledger, long number, long micros, string? agent, string? person) =>
        (_ledger, Number, Micros, Agent, Person) = (ledger, number, micros, agent, person);

    /// <summary>What is promised, millionths of a dollar.</summary>
    public long Micros { get; }

    internal long Number { get; }

    internal string? Agent { get; }

    internal string? Person { get; }

    /// <summary>Says what the call cost. Only the first time counts.</summary>
    public void Settle(long micros)
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0) _ledger.Settle(this, Math.Max(0, micros));
    }

    /// <summary>Settles at the worst case where that has not been done.</summary>
    public void Dispose() => Settle(Micros);
}
