using Models.Routing;
using Models.Routing.Classifying;

namespace Appliance.Config.Sections;

/// <summary>Section <c>router</c>: who answers where models elsewhere are named under <c>models.targets</c>. Immutable.</summary>
internal sealed record RouterConfig(
    [property: Setting("What matters most: private (this box where it can; elsewhere only who keeps nothing), local-only, fast, cheap, best, or cloud-first (for a box too small to answer well).", Hot = true)]
    RoutingProfile Profile = RoutingProfile.Private,
    [property: Setting("Regions in which models elsewhere may compute; any by default.", Hot = true)]
    IReadOnlyList<string>? Regions = null,
    [property: Setting("Rules; the first that matches counts. They choose among targets, and let none see what its own settings do not.", Hot = true)]
    IReadOnlyList<RouterRuleConfig>? Rules = null,
    [property: Setting("What is of a class by where it comes from or what it says, beside what is found in it; all that match add up.", Hot = true)]
    IReadOnlyList<ClassRuleConfig>? Classes = null,
    [property: Setting("Dollars that may be spent.", Hot = true)]
    BudgetConfig? Budget = null)
{
    /// <summary>As the router takes it.</summary>
    public RoutingPolicy ToPolicy() => new() { Profile = Profile, Regions = Regions ?? [], Rules = [.. (Rules ?? []).Select((rule, i) => rule.ToRule(i + 1))] };

    /// <summary>The rules of classes, those that always hold first.</summary>
    public IReadOnlyList<ClassRule> ToClasses() => [.. ClassRule.Usual, .. (Classes ?? []).Select(rule => rule.ToRule())];
}
