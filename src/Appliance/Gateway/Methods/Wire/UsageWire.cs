using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about usage send.

/// <summary>Answer of <c>usage.cost</c>: tokens a day; local models cost nothing.</summary>
internal sealed record UsageCost(long UpdatedAt, int Days, IReadOnlyList<UsageDay> Daily, UsageDay Totals) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("updatedAt", UpdatedAt).Add("days", Days).Add("daily", Daily).Add("totals", Totals);
}

internal sealed record UsageDay(string? Date, long Input, long Output, long TotalTokens) : IPayload
{
    public long CacheRead { get; }
    public long CacheWrite { get; }
    public double TotalCost { get; }
    public double InputCost { get; }
    public double OutputCost { get; }
    public double CacheReadCost { get; }
    public double CacheWriteCost { get; }
    public int MissingCostEntries { get; }

    public void Write(PayloadWriter to) => to
        .Add("date", Date).Add("input", Input).Add("output", Output).Add("totalTokens", TotalTokens).Add("cacheRead", CacheRead)
        .Add("cacheWrite", CacheWrite).Add("totalCost", (long)TotalCost).Add("inputCost", (long)InputCost).Add("outputCost", (long)OutputCost)
        .Add("cacheReadCost", (long)CacheReadCost).Add("cacheWriteCost", (long)CacheWriteCost).Add("missingCostEntries", MissingCostEntries);
}
