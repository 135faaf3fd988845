namespace Models.Store;

/// <summary>How patient downloads are.</summary>
internal sealed record DownloadLimits
{
    /// <summary>Attempts in a row that bring nothing before a download gives up.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The same while not even a first answer has come: a mistyped name should not take half a minute to be told.</summary>
    public int FirstAttempts { get; init; } = 3;

    /// <summary>Longest silence of a server within a body.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time a server may ask to wait.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Told why and how long a download waits before it tries again.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>Waits; tests replace it.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>Waits before the next attempt: what the server asked for, otherwise 1, 2, 4, … seconds, less up to a quarter by chance.</summary>
    public Task WaitAsync(int failures, TimeSpan? asked, StoreException why, CancellationToken cancellation)
    {
        var wait = asked ?? TimeSpan.FromSeconds(Math.Pow(2, failures - 1) * (0.75 + (0.25 * Random.Shared.NextDouble())));
        if (wait < TimeSpan.Zero) wait = TimeSpan.Zero;
        if (wait > LongestWait) wait = LongestWait;
        if (wait > TimeSpan.Zero) Notice?.Invoke($"{why.Message} Trying again in {Math.Ceiling(wait.TotalSeconds)} s.");
        return Delay(wait, cancellation);
    }
}
