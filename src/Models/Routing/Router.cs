namespace Models.Routing;

/// <summary>
/// Decides who answers a turn: the first rule that matches, then who may at all, then who would do it best. A function of the policy and
/// the request and of nothing else: no clock, no chance, no state. Fails closed: where nobody may, nobody does.
/// </summary>
public static class Router
{
    /// <summary>Decides.</summary>
    public static RoutingDecision Decide(RoutingPolicy policy, RoutingRequest request)
    {
        var rule = policy.RuleFor(request.Turn);
        var owners = rule?.Profile ?? policy.Profile;
        var profile = request.Turn.Profile ?? owners;
        var least = request.Turn.BetterThan is { } last ? QualityOf(last, request.Candidates) : null;
        List<RankedTarget> ranked = [];
        List<int> places = [];
        List<Exclusion> outs = [];
        foreach (var candidate in request.Candidates)
        {
            if (Eligibility.Check(candidate, request, policy, rule, (owners, profile), least) is { } exclusion)
            {
                outs.Add(exclusion);
                continue;
            }
            var (entry, place) = (Scoring.Of(candidate, request, profile), Scoring.Place(candidate.Target, request.Turn, profile));
            // Behind all that are as good: what is first in the settings is first among equals.
            var at = ranked.Count;
            while (at > 0 && (place < places[at - 1] || (place == places[at - 1] && entry.Score < ranked[at - 1].Score))) at--;
            ranked.Insert(at, entry);
            places.Insert(at, place);
        }
        return new RoutingDecision(request, profile, ranked, outs) { Rule = rule?.Name };
    }

    // One that is gone since was as good as can be: nothing is better than what nobody knows.
    private static double? QualityOf(string name, IReadOnlyList<Candidate> candidates)
    {
        foreach (var candidate in candidates)
            if (candidate.Target.Name == name) return candidate.Target.Quality;
        return 1;
    }
}
