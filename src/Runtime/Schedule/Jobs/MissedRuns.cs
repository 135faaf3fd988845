namespace Runtime.Schedule.Jobs;

/// <summary>What becomes of slots that went by while the box was off, the job still ran, or the clock jumped.</summary>
public enum MissedRuns
{
    /// <summary>The last of them runs, once for all.</summary>
    Once,

    /// <summary>None of them runs.</summary>
    Skip,

    /// <summary>The last ten of them run, one after the other.</summary>
    All,
}
