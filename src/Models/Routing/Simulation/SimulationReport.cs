using Models.Routing.Execution;

namespace Models.Routing.Simulation;

/// <summary>What came of a simulation. Immutable.</summary>
/// <param name="Records">What became of every question, in the order of their ends.</param>
/// <param name="Targets">What became of every target.</param>
/// <param name="FirstWords">Seconds from a question to the first word of its answer, of all that were answered, shortest first.</param>
/// <param name="Refused">Questions that nobody answered.</param>
/// <param name="Leaks">Calls that saw what they may not.</param>
/// <param name="Spent">What all of them charged, millionths of a dollar.</param>
public sealed record SimulationReport(IReadOnlyList<RouteRecord> Records, IReadOnlyList<SimulatedTargetReport> Targets, IReadOnlyList<double> FirstWords, int Refused, int Leaks, long Spent)
{
    /// <summary>Answers that another went on with.</summary>
    public int Continued => Records.Count(r => r.Attempts.Any(a => a.Continues));

    /// <summary>Calls made beside one that was slow.</summary>
    public int Hedged => Records.Sum(r => r.Attempts.Count(a => a.IsHedge));

    /// <summary>Seconds to the first word that a share of the answers took at most; 0 where there are none.</summary>
    public double FirstWord(double share) => FirstWords.Count == 0 ? 0 : FirstWords[(int)Math.Min(FirstWords.Count - 1, share * FirstWords.Count)];

    /// <summary>Questions that were refused, by what kept out whoever came nearest (<see cref="ExclusionReason.Failing"/> where all that were asked failed).</summary>
    public IReadOnlyList<string> Refusals => [.. Records.Where(r => r.Refusal is not null)
        .Select(r => (r.Attempts.Count > 0 ? ExclusionReason.Failing : r.Decision.Nearest()?.Reason ?? ExclusionReason.NotAsked).ToString())];
}

/// <summary>What became of a target. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Calls">Calls made of it.</param>
/// <param name="Answers">Questions it answered, or the end of them.</param>
/// <param name="Failures">Calls that came to nothing.</param>
/// <param name="Spent">What it charged, millionths of a dollar.</param>
public sealed record SimulatedTargetReport(string Name, int Calls, int Answers, int Failures, long Spent);
