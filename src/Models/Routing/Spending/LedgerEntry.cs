namespace Models.Routing.Spending;

/// <summary>Money that was spent, or promised and never settled. Immutable.</summary>
internal sealed record LedgerEntry(DateTimeOffset At, long Micros, string? Agent, string? Person);
