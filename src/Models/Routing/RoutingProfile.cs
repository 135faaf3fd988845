namespace Models.Routing;

/// <summary>What matters most to the owner.</summary>
public enum RoutingProfile
{
    /// <summary>This box where it can; elsewhere only targets that keep nothing.</summary>
    Private,

    /// <summary>This box and nothing else.</summary>
    LocalOnly,

    /// <summary>The quickest.</summary>
    Fast,

    /// <summary>The cheapest.</summary>
    Cheap,

    /// <summary>The best answers.</summary>
    Best,

    /// <summary>Targets elsewhere where they may; this box for the rest: for a box too small to answer well.</summary>
    CloudFirst,
}
