namespace Appliance.Commands.Monitoring;

/// <summary>What <c>profile --json</c> prints: where a gateway's time went. Times are milliseconds, sizes bytes.</summary>
internal sealed record ProfileReport(
    double DurationMs, long CpuMs, IReadOnlyList<ProfileThread> Threads, long Collections, long PauseMs, long AllocatedBytes,
    long Steps, long StepMs, long AnswerTokens, long ComputedTokens, double MeanRunning, long MostRunning, double MeanWaiting, long MostWaiting)
{
    /// <summary>What looks over a while say together; the first and the last have threads.</summary>
    public static ProfileReport Of(IReadOnlyList<BoxSample> looks)
    {
        var (first, last) = (looks[0].Gateway!, looks[^1].Gateway!);
        // Threads of one name are one job: a pool is many threads of one name.
        var threads = last.Threads.Values
            .Select(thread => (thread.Name, CpuMs: thread.CpuMs - (first.Threads.TryGetValue(thread.Id, out var before) ? before.CpuMs : 0)))
            .GroupBy(thread => thread.Name).Select(group => new ProfileThread(group.Key, group.Count(), group.Sum(thread => thread.CpuMs)))
            .Where(thread => thread.CpuMs > 0).OrderByDescending(thread => thread.CpuMs).ToArray();
        return new(
            looks[^1].Ts - looks[0].Ts, last.CpuMs - first.CpuMs, threads, last.Collections - first.Collections, last.PauseMs - first.PauseMs, last.AllocatedBytes - first.AllocatedBytes,
            last.Steps - first.Steps, last.StepMs - first.StepMs, last.AnswerTokens - first.AnswerTokens, last.ComputedTokens - first.ComputedTokens,
            Math.Round(looks.Average(look => look.Gateway!.TurnsRunning), 2), looks.Max(look => look.Gateway!.TurnsRunning),
            Math.Round(looks.Average(look => look.Gateway!.TurnsWaiting), 2), looks.Max(look => look.Gateway!.TurnsWaiting));
    }
}

/// <summary>Threads of one name.</summary>
internal sealed record ProfileThread(string Name, int Count, long CpuMs);
