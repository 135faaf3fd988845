using System.Globalization;
using System.Runtime.InteropServices;

namespace EndToEnd.Services;

/// <summary>
/// One thread of another process, held still by ptrace(2) while the others go on; it goes on when this is disposed. A tracer is a thread, so
/// one of our own does it.
/// </summary>
internal sealed partial class StoppedThread : IDisposable
{
    private const int Seize = 0x4206, Interrupt = 0x4207, AllThreads = 0x40000000, NoSuchProcess = 3;

    /// <summary>Whether this machine lets a thread be held at all: where it does, a thread that does not exist is the only fault (ESRCH).</summary>
    public static bool IsAllowed => Trace(Seize, int.MaxValue, 0, 0) < 0 && Marshal.GetLastPInvokeError() == NoSuchProcess;

    private readonly ManualResetEventSlim _release = new();
    private readonly TaskCompletionSource _stopped = new();
    private readonly Thread _tracer;

    /// <summary>Holds the thread whose name begins so; returns when it stands still.</summary>
    public StoppedThread(int process, string name)
    {
        var thread = Directory.EnumerateDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith(name, StringComparison.Ordinal));
        _tracer = new Thread(() => Hold(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture)));
        _tracer.Start();
        _stopped.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _release.Set();
        // Its tracees go on when it has ended.
        _tracer.Join();
        _release.Dispose();
    }

    private void Hold(int thread)
    {
        try
        {
            Require(Trace(Seize, thread, 0, 0));
            Require(Trace(Interrupt, thread, 0, 0));
            Require(WaitFor(thread, out _, AllThreads));
            _stopped.SetResult();
        }
        catch (InvalidOperationException e)
        {
            _stopped.SetException(e);
            return;
        }
        _release.Wait();
    }

    private static void Require(long result)
    {
        if (result < 0) throw new InvalidOperationException($"ptrace: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial long Trace(long request, int thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int thread, out int status, int options);
}
