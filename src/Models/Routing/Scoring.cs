namespace Models.Routing;

/// <summary>Who of those that may answer would do it best. Pure, and made of plain arithmetic alone: the same numbers give the same bits on every machine.</summary>
internal static class Scoring
{
    // Of the seconds after the first token a reader feels about a quarter.
    private const double RestShare = 0.25;

    // Another target must be this much better than the one of the conversation: changing costs its caches, and the tone.
    private const double Hysteresis = 0.75;

    /// <summary>What is expected of a candidate.</summary>
    public static RankedTarget Of(Candidate candidate, RoutingRequest request, RoutingProfile profile)
    {
        var (target, speed, turn) = (candidate.Target, candidate.Speed, request.Turn);
        var answer = Math.Min(turn.LikelyAnswer, candidate.AnswerRoom(turn.MostAnswer));
        var first = speed.FirstToken(candidate.Tokens - candidate.CachedTokens);
        var rest = answer / speed.Decode;
        var cost = target.Price!.Value.Of(candidate.Tokens, answer);
        var (seconds, dollars, quality, watthours) = Weights(profile);
        var joules = candidate.Watts * (first + rest);
        var score = seconds * (first + RestShare * rest) + dollars * (cost / 1_000_000.0) + quality * (1 - target.Quality);
        if (joules > 0) score += watthours * (request.IsOnBattery ? BatteryFactor : 1) * (joules / 3600);
        if (target.Name == turn.Current) score *= Hysteresis;
        return new RankedTarget(target.Name, score, first, first + rest, cost, candidate.MostCost(turn.MostAnswer)!.Value) { Joules = joules };
    }

    /// <summary>Which comes first, before any score.</summary>
    public static int Place(Target target, TurnFeatures turn, RoutingProfile profile)
    {
        // What was begun with its tools ends with them.
        if (turn.IsInToolLoop && target.Name == turn.Current) return 0;
        return profile switch
        {
            RoutingProfile.Private => target.IsLocal ? 1 : 2,
            RoutingProfile.CloudFirst => target.IsLocal ? 2 : 1,
            _ => 1,
        };
    }

    // What comes from a battery is scarce.
    private const double BatteryFactor = 10;

    // What a second, a dollar, the whole range of quality and a watt hour weigh.
    private static (double Seconds, double Dollars, double Quality, double WattHours) Weights(RoutingProfile profile) => profile switch
    {
        RoutingProfile.Fast => (1, 20, 4, 0.5),
        RoutingProfile.Cheap => (0.05, 2000, 4, 5),
        RoutingProfile.Best => (0.1, 10, 200, 0.5),
        _ => (1, 100, 20, 1),
    };
}
