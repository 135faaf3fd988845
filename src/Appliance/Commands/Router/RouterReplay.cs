using System.Globalization;
using System.Text.Json.Nodes;
using Models.Routing;
using Models.Routing.Execution;

namespace Appliance.Commands.Router;

/// <summary>Decisions that were made, beside those another policy makes of the same requests. Immutable.</summary>
/// <param name="Questions">Decisions compared.</param>
/// <param name="Changed">Those with another first choice.</param>
/// <param name="Then">As it was decided.</param>
/// <param name="Now">As it is decided now.</param>
internal sealed record RouterReplay(int Questions, int Changed, RouterReplay.Side Then, RouterReplay.Side Now)
{
    /// <summary>One of the two.</summary>
    /// <param name="Refused">Questions nobody may answer.</param>
    /// <param name="Elsewhere">Questions that leave the box.</param>
    /// <param name="NotPublic">Of these, those with data that is not public.</param>
    /// <param name="Cost">Millionths of a dollar, about.</param>
    /// <param name="FirstToken">Seconds until the first token, on average.</param>
    internal sealed record Side(int Refused, int Elsewhere, int NotPublic, long Cost, double FirstToken);

    /// <summary>Compares.</summary>
    public static RouterReplay Of(IEnumerable<RouteRecord> records, RoutingPolicy policy)
    {
        List<RoutingDecision> then = [], now = [];
        var changed = 0;
        foreach (var record in records)
        {
            then.Add(record.Decision);
            now.Add(global::Models.Routing.Router.Decide(policy, record.Decision.Request));
            if (First(then[^1])?.Name != First(now[^1])?.Name) changed++;
        }
        return new RouterReplay(then.Count, changed, SideOf(then), SideOf(now));
    }

    /// <summary>The lines of a table.</summary>
    public IReadOnlyList<string[]> Rows() =>
    [
        ["questions", $"{Questions:N0}", $"{Questions:N0}"],
        ["with another first choice", "", $"{Changed:N0}"],
        ["nobody may answer", $"{Then.Refused:N0}", $"{Now.Refused:N0}"],
        ["leave the box", $"{Then.Elsewhere:N0}", $"{Now.Elsewhere:N0}"],
        ["of these not public", $"{Then.NotPublic:N0}", $"{Now.NotPublic:N0}"],
        ["cost, about", RoutingWords.Dollars(Then.Cost), RoutingWords.Dollars(Now.Cost)],
        ["first token, on average", Seconds(Then.FirstToken), Seconds(Now.FirstToken)],
    ];

    /// <summary>The same for programs; money in dollars, time in seconds.</summary>
    public JsonObject ToJson() => new() { ["questions"] = Questions, ["changed"] = Changed, ["then"] = ToJson(Then), ["now"] = ToJson(Now) };

    private static JsonObject ToJson(Side side) => new()
    {
        ["refused"] = side.Refused,
        ["elsewhere"] = side.Elsewhere,
        ["notPublic"] = side.NotPublic,
        ["cost"] = side.Cost / 1_000_000m,
        ["firstToken"] = side.FirstToken,
    };

    private static Side SideOf(List<RoutingDecision> decisions)
    {
        var (refused, elsewhere, notPublic, cost, seconds) = (0, 0, 0, 0L, 0.0);
        foreach (var decision in decisions)
        {
            if (First(decision) is not { } first)
            {
                refused++;
                continue;
            }
            cost += first.Cost;
            seconds += first.FirstToken;
            if (decision.Request.Candidates.First(c => c.Target.Name == first.Name).Target.IsLocal) continue;
            elsewhere++;
            if (decision.Request.Turn.Data != DataClass.Public) notPublic++;
        }
        return new Side(refused, elsewhere, notPublic, cost, decisions.Count > refused ? seconds / (decisions.Count - refused) : 0);
    }

    private static RankedTarget? First(RoutingDecision decision) => decision.Ranked.Count > 0 ? decision.Ranked[0] : null;

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
