using System.ComponentModel;
using System.Runtime.InteropServices;
using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>
/// The thread that starts programs and waits for them. Landlock and filters are a thread's own and go over to what it starts: so it puts
/// them on itself, for good, and after that makes no object and opens no file. It stays until the end, because bubblewrap's programs die
/// with the thread that started them.
/// </summary>
internal sealed unsafe class Launch : IDisposable
{
    private const int NoNewPrivileges = 38, Interrupted = 4;
    private const int LimitProcessor = 0, LimitFile = 1, LimitData = 2, LimitCore = 4, LimitFiles = 7;

    /// <summary>The exit code of a program that used up its processor time: 128 and SIGXCPU's number.</summary>
    public const int OutOfProcessorTime = 128 + 24;

    private static readonly Lazy<bool> Warm = new(TouchAll);

    private readonly SpawnBlock[] _blocks;
    private readonly int[] _processes;
    private readonly int[] _statuses;
    private readonly ulong[] _limits;
    private readonly Landlock? _landlock;
    private readonly SyscallFilter? _filter;
    private readonly CommandCgroup? _cgroup;
    private readonly byte[] _laterFilter = [];
    private readonly List<int> _filterFiles = [];
    private readonly ManualResetEvent _started = new(false);
    private readonly ManualResetEvent _ended = new(false);
    private readonly ManualResetEvent _restricted = new(false);
    private readonly bool _isDocker;
    private int _gate = -1;
    private int _error;

    /// <summary>Starts them. They run when this returns.</summary>
    /// <exception cref="ModelException">One cannot be started; none runs.</exception>
    public Launch(IReadOnlyList<SandboxProgram> programs, Wiring wiring, SandboxFolders folders, SandboxLimits limits, SandboxLevel level, string mark, CommandCgroup? cgroup, DockerSandbox? docker = null)
    {
        _ = Warm.Value;
        (_cgroup, _isDocker) = (cgroup, docker is not null);
        (_processes, _statuses) = (new int[programs.Count], new int[programs.Count]);
        _limits = [(ulong)limits.Processor.TotalSeconds, (ulong)limits.File, (ulong)limits.Memory, 0, 1024];
        if (level == SandboxLevel.Landlock) _landlock = Rules(folders, limits);
        if (SyscallTable.Here is { } table)
        {
            _filter = level == SandboxLevel.Landlock ? SyscallFilter.ForCommands(table, !limits.HasNetwork, isGate: true, Environment.ProcessId) : SyscallFilter.GateOnly(table);
            _filter.Prepare();
            // Bubblewrap puts the filter on last: it does itself what the filter denies.
            if (level == SandboxLevel.Bubblewrap) _laterFilter = SyscallFilter.ForCommands(table, !limits.HasNetwork, isGate: false, Environment.ProcessId).Bytes;
        }
        _blocks = [.. programs.Select((program, i) => docker is null ? Block(program, wiring.Of(i), folders, limits, level, mark) : Block(docker, program, wiring.Of(i), folders, limits, mark, ContainerName(mark, i)))];
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "command" }.Start();
        _restricted.WaitOne();
        if (_gate >= 0) KeepGate();
        _started.WaitOne();
        if (_gate < 0) foreach (var process in Processes) Hold(process);
        foreach (var file in _filterFiles) _ = Native.Close(file);
        if (_error == 0) return;
        foreach (var process in Processes) _ = Native.Kill(process, 9);
        _ended.WaitOne();
        throw new ModelException($"{programs[Math.Min(Processes.Count(), programs.Count - 1)].Path} cannot be started: {new Win32Exception(_error).Message}.");
    }

    /// <summary>The processes that were started.</summary>
    public IEnumerable<int> Processes => _processes.Where(process => process > 0);

    /// <summary>The exit code of the last program once it has ended; 128 and the signal's number where one ended it.</summary>
    public int ExitCode => _statuses[^1] is var status && (status & 0x7F) == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F);

    /// <summary>Waits until all have ended.</summary>
    public void WaitForEnd() => _ended.WaitOne();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _landlock?.Dispose();
        _filter?.Dispose();
        _restricted.Dispose();
        _started.Dispose();
        _ended.Dispose();
    }

    private void Run()
    {
        if (Native.Control(NoNewPrivileges, 1, 0, 0, 0) != 0) _error = 1;
        if (_error == 0 && _landlock is not null) _error = _landlock.Restrict();
        if (_error == 0 && _filter is not null)
        {
            _gate = _filter.RestrictWithGate();
            // Where somebody above listens already there can be no gate: the limits come a moment after the start.
            if (_gate < 0 && _landlock is not null) _error = _filter.Restrict();
        }
        _restricted.Set();
        for (var i = 0; i < _blocks.Length && _error == 0; i++)
        {
            var process = _blocks[i].Start(_processes[0]);
            if (process > 0) _processes[i] = process;
            else _error = -process;
        }
        _started.Set();
        for (var i = 0; i < _processes.Length; i++)
        {
            var status = 0;
            if (_processes[i] <= 0) continue;
            while (Native.Wait(_processes[i], &status, 0) is var ended && ended != _processes[i])
            {
                // Interrupted; or, where somebody else took the end of it, there is no status to know.
                if (Marshal.GetLastPInvokeError() != Interrupted) break;
            }
            _statuses[i] = status;
        }
        _ended.Set();
    }

    /// <summary>Puts the limits on each program while it waits at the gate, then closes the gate for good.</summary>
    private void KeepGate()
    {
        using var gate = new StartGate(_gate);
        for (var passed = 0; passed < _processes.Length;)
        {
            if (gate.Wait(out var id, 20) is > 0 and var process)
            {
                Hold(process);
                gate.Pass(id);
                passed++;
            }
            else if (_started.WaitOne(0)) return;
        }
        // The last one has passed, and starts.
        _started.WaitOne();
    }

    private void Hold(int process)
    {
        _cgroup?.Take(process);
        Limit(process);
    }

    private void Limit(int process)
    {
        // They are the container's own then; docker(1) needs what it needs.
        if (_isDocker) return;
        // One second more and it is killed: until then the signal says what for.
        Set(process, LimitProcessor, _limits[0], _limits[0] + 1);
        Set(process, LimitFile, _limits[1]);
        Set(process, LimitData, _limits[2]);
        Set(process, LimitCore, _limits[3]);
        Set(process, LimitFiles, _limits[4]);
    }

    private static void Set(int process, int resource, ulong value) => Set(process, resource, value, value);

    private static void Set(int process, int resource, ulong soft, ulong hard)
    {
        var pair = stackalloc ulong[2];
        (pair[0], pair[1]) = (soft, hard);
        _ = Native.Limit(process, resource, pair, null);
    }

    private SpawnBlock Block(SandboxProgram program, ReadOnlySpan<int> descriptors, SandboxFolders folders, SandboxLimits limits, SandboxLevel level, string mark)
    {
        var environment = program.Environment.Append(new(ProcessTree.Mark, mark));
        if (level != SandboxLevel.Bubblewrap) return new SpawnBlock(program.Path, program.Argv, environment, program.Folder, descriptors);
        // The program's own path in place of its name: a link's name is what a multi-call program goes by, and it has the same.
        var arguments = Bubblewrap.Arguments(folders, limits, program.Folder, _laterFilter.Length > 0);
        arguments.Add(program.Path);
        arguments.AddRange(program.Argv.Skip(1));
        if (_laterFilter.Length == 0) return new SpawnBlock(Bubblewrap.Path!, arguments, environment, "/", descriptors);
        // One for each: it is read from where the one before stopped.
        var file = FilterFile(_laterFilter);
        _filterFiles.Add(file);
        return new SpawnBlock(Bubblewrap.Path!, arguments, environment, "/", descriptors, (file, Bubblewrap.FilterDescriptor));
    }

    /// <summary>What the container of a program is called.</summary>
    public static string ContainerName(string mark, int program) => $"appliance-{mark}-{program}";

    // docker(1) is this machine's own program: it finds its engine by this process's variables, and the program gets its own inside.
    private static SpawnBlock Block(DockerSandbox docker, SandboxProgram program, ReadOnlySpan<int> descriptors, SandboxFolders folders, SandboxLimits limits, string mark, string name) =>
        new(docker.Client, docker.Arguments(program, folders, limits, name), DockerSandbox.ClientEnvironment().Append(new(ProcessTree.Mark, mark)), "/", descriptors);

    private static Landlock Rules(SandboxFolders folders, SandboxLimits limits)
    {
        var rules = new Landlock(!limits.HasNetwork);
        foreach (var path in SandboxFolders.System.Concat(folders.Programs)) rules.AllowRead(path);
        foreach (var path in SandboxFolders.Settings.Concat(SandboxFolders.Kernel)) rules.AllowReadOnly(path);
        if (limits.HasNetwork) foreach (var path in new[] { "/etc/resolv.conf", "/etc/hosts" }) rules.AllowReadOnly(path);
        foreach (var path in new[] { folders.Workspace, folders.Private, "/dev/null" }) rules.AllowWrite(path);
        return rules;
    }

    private static int FilterFile(byte[] program)
    {
        int file;
        fixed (byte* name = "filter\0"u8) file = Native.MemoryFile(name, 1);
        fixed (byte* start = program) _ = Native.Write(file, start, (nuint)program.Length);
        _ = Native.Seek(file, 0, 0);
        return file;
    }

    /// <summary>Every call that the restricted thread makes, once before: the first call of each looks for the C library on the disk.</summary>
    private static bool TouchAll()
    {
        using var block = new SpawnBlock("/nonexistent", ["x"], [], "/", [0, 1, 2]);
        _ = block.Start(0);
        int status;
        _ = Native.Wait(int.MaxValue, &status, 1);
        _ = Native.Control(3, 0, 0, 0, 0);
        _ = Native.Call(-1, 0, 0, 0, 0);
        Set(int.MaxValue, LimitCore, 0);
        using var signal = new ManualResetEvent(false);
        return signal.Set();
    }
}
