namespace Models.Routing.Spending;

/// <summary>What may be spent at most in any hour, any 24 hours and any 31 days: millionths of a dollar. Null is no limit. Immutable.</summary>
/// <param name="Hour">In an hour.</param>
/// <param name="Day">In 24 hours.</param>
/// <param name="Month">In 31 days.</param>
public sealed record SpendingLimits(long? Hour = null, long? Day = null, long? Month = null)
{
    /// <summary>No limit.</summary>
    public static SpendingLimits None { get; } = new();
}
