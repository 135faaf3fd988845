using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>
/// Programs that run, each reading what the one before it writes; all that they print is in one place, or the standard output of the last one
/// apart for somebody who reads it. One thread starts them, holds its
/// own rights back first, and waits for them. Safe for several threads. Disposing ends whatever still runs.
/// </summary>
public sealed class RunningPipeline : IDisposable
{
    private readonly SandboxLimits _limits;
    private readonly Launch _launch;
    private readonly CommandCgroup? _cgroup;
    private readonly string _mark;
    private readonly DockerSandbox? _docker;
    private readonly int _programs;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _clock;
    private int _input;
    private int _apart;
    private int _isKilled;

    internal RunningPipeline(
        IReadOnlyList<SandboxProgram> programs, SandboxFolders folders, SandboxLimits limits, SandboxLevel level, OutputBuffer output, bool wantsInput, bool isOutputApart, DockerSandbox? docker = null)
    {
        (_limits, Output, _mark, _cgroup, _docker, _programs) = (limits, output, Guid.NewGuid().ToString("N"), CommandCgroup.TryMake(limits), docker, programs.Count);
        using var wiring = new Wiring(programs, wantsInput, isOutputApart);
        try
        {
            _launch = new Launch(programs, wiring, folders, limits, level, _mark, _cgroup, docker);
        }
        catch
        {
            _cgroup?.Dispose();
            throw;
        }
        (_input, _apart, var printed) = (wiring.TakeInput(), wiring.TakeApart(), wiring.TakeOutput());
        wiring.Dispose();
        _clock = new Timer(_ => Stop("it ran longer than it may"), null, limits.Time, Timeout.InfiniteTimeSpan);
        var reader = new Thread(() => Collect(printed), 256 * 1024) { IsBackground = true, Name = "command output" };
        reader.Start();
        new Thread(() => Finish(reader), 256 * 1024) { IsBackground = true, Name = "command end" }.Start();
    }

    /// <summary>What they printed.</summary>
    public OutputBuffer Output { get; }

    /// <summary>The exit code of the last one, 128 and the number of a signal that ended it; complete once all have ended.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Why it was stopped before its end, or null.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Ends all of it, with everything that it started.</summary>
    public void Kill() => Stop("it was stopped");

    /// <summary>Writes to the first program.</summary>
    /// <exception cref="ModelException">It does not read, or has ended.</exception>
    public unsafe void WriteInput(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written;
            fixed (byte* start = bytes) written = _input < 0 ? -1 : Native.Write(_input, start, (nuint)bytes.Length);
            if (written <= 0) throw new ModelException("The command does not take input any more.");
            bytes = bytes[(int)written..];
        }
    }

    /// <summary>
    /// Reads what the last program wrote to its standard output, where that is apart; waits for it. 0 once nothing more comes, and from then on.
    /// For one thread, which reads until then.
    /// </summary>
    public unsafe int ReadOutput(Span<byte> buffer)
    {
        if (_apart < 0) return 0;
        nint read;
        fixed (byte* start = buffer) read = Native.Read(_apart, start, (nuint)buffer.Length);
        if (read > 0) return (int)read;
        _ = Native.Close(Interlocked.Exchange(ref _apart, -1));
        return 0;
    }

    /// <summary>Tells the first program that nothing more comes.</summary>
    public void CloseInput()
    {
        if (Interlocked.Exchange(ref _input, -1) is >= 0 and var descriptor) _ = Native.Close(descriptor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ended.Task.IsCompleted) Kill();
        _clock.Dispose();
        CloseInput();
    }

    private void Stop(string reason)
    {
        if (Interlocked.Exchange(ref _isKilled, 1) != 0 || _ended.Task.IsCompleted) return;
        StopReason = reason;
        _docker?.Remove(Enumerable.Range(0, _programs).Select(i => Launch.ContainerName(_mark, i)));
        ProcessTree.Kill(_launch.Processes, _mark, _cgroup);
    }

    private unsafe void Collect(int printed)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            nint read;
            fixed (byte* start = buffer) read = Native.Read(printed, start, (nuint)buffer.Length);
            if (read <= 0) break;
            Output.Add(buffer.AsSpan(0, (int)read));
            if (Output.Total > 10L * _limits.Output) Stop($"it wrote more than {10L * _limits.Output} bytes");
        }
        _ = Native.Close(printed);
    }

    private void Finish(Thread reader)
    {
        _launch.WaitForEnd();
        // What the command left running ends with it; that closes the last writers of the output.
        ProcessTree.Kill([], _mark, _cgroup);
        reader.Join(TimeSpan.FromSeconds(2));
        _launch.Dispose();
        _clock.Dispose();
        if (_launch.ExitCode == Launch.OutOfProcessorTime) StopReason ??= "it computed longer than it may";
        _ended.TrySetResult(_launch.ExitCode);
        _cgroup?.Dispose();
    }
}
