namespace Models.Routing.Health;

/// <summary>What a breaker does with calls.</summary>
internal enum BreakerState
{
    /// <summary>Lets them through.</summary>
    Closed,

    /// <summary>Keeps them away.</summary>
    Open,

    /// <summary>Lets one through at a time, to see.</summary>
    HalfOpen,
}
