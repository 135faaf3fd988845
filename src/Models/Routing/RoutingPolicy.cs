namespace Models.Routing;

/// <summary>What the owner wants. Immutable.</summary>
public sealed record RoutingPolicy
{
    /// <summary>What matters most where no rule says otherwise.</summary>
    public RoutingProfile Profile { get; init; }

    /// <summary>The rules; the first that matches counts.</summary>
    public IReadOnlyList<RoutingRule> Rules { get; init; } = [];

    /// <summary>Regions in which targets elsewhere may compute; empty for any.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>The rule for a turn, or null.</summary>
    public RoutingRule? RuleFor(TurnFeatures turn)
    {
        for (var i = 0; i < Rules.Count; i++)
            if (Rules[i].Matches(turn)) return Rules[i];
        return null;
    }
}
