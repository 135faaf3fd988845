using System.Runtime.InteropServices;
using System.Text;

namespace Runtime.Sandbox.Kernel;

/// <summary>One program as posix_spawn(3) wants it, outside of managed memory, so that a restricted thread allocates nothing.</summary>
internal sealed unsafe class SpawnBlock : IDisposable
{
    // POSIX_SPAWN_SETPGROUP, SETSIGDEF, SETSIGMASK.
    private const short Flags = 0x02 | 0x04 | 0x08;

    private readonly List<nint> _owned = [];
    private readonly byte* _path;
    private readonly byte** _argv;
    private readonly byte** _environment;
    private readonly byte* _actions;
    private readonly byte* _attributes;

    /// <summary>A program with its descriptors 0, 1 and 2, and others that it keeps by number.</summary>
    public SpawnBlock(string path, IReadOnlyList<string> argv, IEnumerable<KeyValuePair<string, string>> environment, string folder, ReadOnlySpan<int> descriptors, params ReadOnlySpan<(int From, int To)> kept)
    {
        _path = Text(path);
        _argv = Texts(argv);
        _environment = Texts([.. environment.Select(v => $"{v.Key}={v.Value}")]);
        // Larger than any C library's posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t.
        _actions = Zeros(1024);
        _attributes = Zeros(1024);
        var none = Zeros(128);
        var pipe = Zeros(128);
        _ = Native.InitActions(_actions);
        _ = Native.AddFolder(_actions, Text(folder));
        for (var i = 0; i < 3; i++) _ = Native.AddDuplicate(_actions, descriptors[i], i);
        foreach (var (from, to) in kept) _ = Native.AddDuplicate(_actions, from, to);
        _ = Native.InitAttributes(_attributes);
        // .NET ignores SIGPIPE; programs in a pipe live by it.
        *(ulong*)pipe = 1UL << 12;
        _ = Native.SetSignalMask(_attributes, none);
        _ = Native.SetSignalDefaults(_attributes, pipe);
        _ = Native.SetFlags(_attributes, Flags);
    }

    /// <summary>Starts it in a process group, or as the first of a new one (0). The process, or a negative error number. Allocates nothing.</summary>
    public int Start(int group)
    {
        _ = Native.SetGroup(_attributes, group);
        int process;
        var error = Native.Spawn(&process, _path, _actions, _attributes, _argv, _environment);
        return error == 0 ? process : -error;
    }

    /// <summary>Frees it.</summary>
    public void Dispose()
    {
        _ = Native.DestroyActions(_actions);
        foreach (var block in _owned) NativeMemory.Free((void*)block);
        _owned.Clear();
    }

    private byte* Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var start = Zeros(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
        return start;
    }

    private byte** Texts(IReadOnlyList<string> texts)
    {
        var start = (byte**)Zeros((texts.Count + 1) * sizeof(nint));
        for (var i = 0; i < texts.Count; i++) start[i] = Text(texts[i]);
        return start;
    }

    private byte* Zeros(int length)
    {
        var start = (byte*)NativeMemory.AllocZeroed((nuint)length);
        _owned.Add((nint)start);
        return start;
    }
}
