namespace Models.Routing;

/// <summary>Everything a decision is made from, beside the policy. Immutable; written down, it gives the same decision again.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Candidates">Who there is.</param>
public sealed record RoutingRequest(TurnFeatures Turn, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>True where nothing may leave this machine.</summary>
    public bool IsOffline { get; init; }

    /// <summary>True where a battery feeds this machine alone: its joules weigh more.</summary>
    public bool IsOnBattery { get; init; }

    /// <summary>Millionths of a dollar that may still be spent on this turn; null for no limit.</summary>
    public long? MoneyLeft { get; init; }
}
