using System.Runtime.InteropServices;

namespace TestKit;

/// <summary>Processor time of the calling thread, which other threads and other programs do not add to.</summary>
public static partial class ThreadClock
{
    // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2).
    private const int ThreadCpuTime = 3;

    /// <summary>Time so far.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (GetTime(ThreadCpuTime, out var time) != 0) throw new InvalidOperationException("clock_gettime failed");
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    /// <summary>The least time of a few runs of something that does not leave this thread: what comes in between only adds.</summary>
    public static TimeSpan Best(Action action, int runs = 3)
    {
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < runs; run++)
        {
            var start = Now;
            action();
            var took = Now - start;
            best = took < best ? took : best;
        }
        return best;
    }

    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);
}
