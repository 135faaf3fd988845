using System.Diagnostics;

namespace Models.Generation;

/// <summary>How hard models may work just now: somebody who watches the machine sets it, every step of every model keeps to it. Safe for several threads.</summary>
public sealed class WorkPace
{
    // A step that waits longer for its next would look dead, and nothing is cooler for it.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(500);

    private double _duty = 1;
    private int _mostThreads = int.MaxValue;

    /// <summary>The share of its time that a model works, above 0 and up to 1; in the other it rests, after each step.</summary>
    public double Duty { get => Volatile.Read(ref _duty); set => Volatile.Write(ref _duty, Math.Clamp(value, 0.05, 1)); }

    /// <summary>Threads that models work with from the next time they are loaded; one that is idle is loaded anew for it when it is next asked.</summary>
    public int MostThreads { get => Volatile.Read(ref _mostThreads); set => Volatile.Write(ref _mostThreads, Math.Max(1, value)); }

    /// <summary>Called when a model begins to work, each time: whoever sets the pace has nothing to watch before.</summary>
    public Action? Begins { get; set; }

    /// <summary>How long to rest after a step that took so many ticks of the stopwatch.</summary>
    internal TimeSpan RestAfter(long ticks)
    {
        var duty = Duty;
        if (duty >= 1) return TimeSpan.Zero;
        var rest = TimeSpan.FromSeconds(ticks / (double)Stopwatch.Frequency * (1 / duty - 1));
        return rest < LongestRest ? rest : LongestRest;
    }
}
