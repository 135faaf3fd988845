using System.Globalization;

namespace Models.Routing;

/// <summary>Who may answer at all. Hard: no weight and no price buys a way past it, and what cannot be told keeps a target out. Pure.</summary>
internal static class Eligibility
{
    // Tokens an answer needs at least, or a quarter of a small window.
    private const int LeastAnswer = 512;

    /// <summary>Why a candidate falls out, or null.</summary>
    /// <param name="candidate">Who.</param>
    /// <param name="request">For what.</param>
    /// <param name="policy">What the owner wants.</param>
    /// <param name="rule">The rule that counts, or null.</param>
    /// <param name="profiles">The owner's profile and the one that was asked for: what either keeps out is out.</param>
    /// <param name="least">The quality it must be above; null for any.</param>
    public static Exclusion? Check(Candidate candidate, RoutingRequest request, RoutingPolicy policy, RoutingRule? rule, (RoutingProfile Owners, RoutingProfile Asked) profiles, double? least)
    {
        var (target, turn) = (candidate.Target, request.Turn);
        if (turn.Asked is { } asked && asked != target.Name) return Out(ExclusionReason.NotAsked, $"is not {asked}, which was asked for");
        if (rule?.Admits(target.Name) == false) return Out(ExclusionReason.Rule, $"is kept out by the rule {rule.Name}");
        if (!target.IsLocal)
        {
            if (Wanted(RoutingProfile.LocalOnly)) return Out(ExclusionReason.Profile, "is elsewhere, and the profile is local-only");
            if (request.IsOffline) return Out(ExclusionReason.Offline, "is elsewhere, and offline mode is on");
            if ((turn.Data & ~target.MaySee) is not DataClass.Public and var hidden) return Out(ExclusionReason.Data, $"may not see {RoutingWords.Of(hidden)} data");
            if (policy.Regions.Count > 0 && (target.Region is not { } region || !Contains(policy.Regions, region)))
                return Out(ExclusionReason.Region, target.Region is null ? "does not say where it computes" : $"computes in {target.Region}");
            if (Wanted(RoutingProfile.Private) && target.KeepsData) return Out(ExclusionReason.Retention, "may keep what it is sent, and the profile is private");
        }
        if (turn.HasImages && !target.ReadsImages) return Out(ExclusionReason.Images, "does not read pictures");
        if (turn.NeedsTools && !target.CallsTools) return Out(ExclusionReason.Tools, "does not call tools");
        if (!IsSane(candidate)) return Out(ExclusionReason.Broken, "has numbers that make no sense");
        if (candidate.AnswerRoom(turn.MostAnswer) < Math.Max(1, Math.Min(Math.Min(LeastAnswer, turn.MostAnswer), candidate.Window / 4)))
            return Out(ExclusionReason.Window, $"takes {Number(candidate.Window)} tokens{(candidate.Window < target.Window ? " in the memory there is" : "")}, and the conversation has {Number(candidate.Tokens)}");
        if (candidate.MostCost(turn.MostAnswer) is not { } cost) return Out(ExclusionReason.Price, "has no known price");
        if (cost > 0 && request.MoneyLeft is { } left && cost > left) return Out(ExclusionReason.Budget, $"can cost {RoutingWords.Dollars(cost)}, and {RoutingWords.Dollars(left)} are left");
        if (candidate.Blocked is { } blocked) return Out(blocked, candidate.BlockedDetail ?? "cannot be used now");
        // A NaN is not above anything.
        if (least is { } mark && !(target.Quality > mark)) return Out(ExclusionReason.NotBetter, $"is taken to be no better than {turn.BetterThan}");
        return null;

        bool Wanted(RoutingProfile profile) => profiles.Owners == profile || profiles.Asked == profile;

        Exclusion Out(ExclusionReason reason, string detail) => new(target.Name, reason, detail);
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static bool IsSane(Candidate candidate) => candidate.Speed.IsSane && candidate is { Tokens: >= 0, CachedTokens: >= 0, Watts: >= 0 and < 1e6 } && candidate.MostTokens >= candidate.Tokens
        && candidate.CachedTokens <= candidate.Tokens && candidate.Room is null or > 0 && candidate.Target is { Window: > 0, LongestAnswer: > 0, Quality: >= 0 and <= 1 }
        && candidate.Target.Price is null or { Input: >= 0, Output: >= 0 };

    private static bool Contains(IReadOnlyList<string> regions, string region)
    {
        for (var i = 0; i < regions.Count; i++)
            if (string.Equals(regions[i], region, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
