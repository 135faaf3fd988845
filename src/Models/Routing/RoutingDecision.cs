using System.Text;

namespace Models.Routing;

/// <summary>What was decided of a turn, and from what. Immutable; the request in it gives the same decision again, to the bit.</summary>
/// <param name="Request">What it was decided from.</param>
/// <param name="Profile">The profile that counted.</param>
/// <param name="Ranked">Who may answer, the best first.</param>
/// <param name="Out">Who may not, in the order of the candidates.</param>
public sealed record RoutingDecision(RoutingRequest Request, RoutingProfile Profile, IReadOnlyList<RankedTarget> Ranked, IReadOnlyList<Exclusion> Out)
{
    private const int MostTold = 6;

    /// <summary>The rule that counted, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>True where nobody may answer.</summary>
    public bool IsRefused => Ranked.Count == 0;

    /// <summary>Who came nearest to an answer of those that may not; null where there is none.</summary>
    public Exclusion? Nearest()
    {
        Exclusion? nearest = null;
        // What came furthest is nearest.
        foreach (var exclusion in Out)
            if (exclusion.Reason != ExclusionReason.NotAsked && (nearest is null || exclusion.Reason > nearest.Reason)) nearest = exclusion;
        return nearest;
    }

    /// <summary>For a person: why nobody may answer, and what would change it.</summary>
    public string Refusal()
    {
        var text = new StringBuilder(Request.Turn.BetterThan is not { } last ? "No model may answer this"
            : !IsLocal(last) ? $"No model that may answer this is better than {last}"
            : Out.Any(o => o.Reason != ExclusionReason.NotBetter && !IsLocal(o.Target)) ? $"Local limit reached, cloud not allowed: no model that may answer this is better than {last}"
            : $"Local limit reached: no model is better than {last}");
        if (Request.Turn.Data != DataClass.Public) text.Append($" (it holds {RoutingWords.Of(Request.Turn.Data, "and")} data)");
        if (Out.Count == 0) return text.Append(": there is none. Install one with `appliance models pull`, or name one elsewhere under models.targets.").ToString();
        var told = Out.Where(o => o.Reason != ExclusionReason.NotAsked).ToList();
        if (told.Count == 0) return text.Append($": there is none of the name {Request.Turn.Asked}.").ToString();
        text.Append(": ").AppendJoin("; ", told.Take(MostTold).Select(o => $"{o.Target} {o.Detail}"));
        if (told.Count > MostTold) text.Append($"; {told.Count - MostTold} more");
        return text.Append(". ").Append(Remedy(Nearest()!)).ToString();
    }

    private bool IsLocal(string name) => Request.Candidates.Any(c => c.Target.IsLocal && c.Target.Name == name);

    private static string Remedy(Exclusion nearest) => nearest.Reason switch
    {
        ExclusionReason.Rule => "Change router.rules to allow one.",
        ExclusionReason.Person => "Its owner can allow more models to a role.",
        ExclusionReason.Profile => "Another router.profile would allow one elsewhere.",
        ExclusionReason.Offline => "Install a model on this box, or end offline mode.",
        ExclusionReason.Data => $"Leave it out, install a model on this box, or let {nearest.Target} see it with its setting data.",
        ExclusionReason.Region => $"Set the region of {nearest.Target}, or add it to router.regions.",
        ExclusionReason.Retention => $"Another router.profile would allow {nearest.Target}.",
        ExclusionReason.Images => "Leave the pictures out, or add a target that reads them.",
        ExclusionReason.Tools => "Add a target that calls tools.",
        ExclusionReason.Window => "Shorten the conversation, or begin a new one.",
        ExclusionReason.Memory => "Free memory, or install a smaller model: `appliance models recommend`.",
        ExclusionReason.Price => $"Set the price of {nearest.Target}; 0 where it is free.",
        ExclusionReason.Budget => "Raise router.budget, or wait until less was spent in its hour, day or month.",
        ExclusionReason.Spared => "Let the machine cool or charge, or set power.whenHot to slower.",
        ExclusionReason.Broken => $"Correct the settings of {nearest.Target}.",
        ExclusionReason.NotBetter => "Ask again with a better model allowed.",
        _ => "Try again in a moment.",
    };
}
