using System.Runtime.InteropServices;

namespace Runtime.Sandbox.Kernel;

/// <summary>
/// A seccomp filter (seccomp(2)) in classic BPF: what changes the machine, looks into other processes, leaves the process group, signals
/// the gateway, or opens a socket fails with EPERM; a call of another architecture kills.
/// </summary>
internal sealed unsafe class SyscallFilter : IDisposable
{
    private const uint Permission = 1, NotImplemented = 38, Allow = 0x7FFF0000, Error = 0x00050000, Notify = 0x7FC00000, Kill = 0x80000000;
    private const ushort Load = 0x20, JumpEqual = 0x15, JumpSet = 0x45, JumpAtLeast = 0x35, And = 0x54, Return = 0x06;
    private const uint Number = 0, Architecture = 4, Argument0 = 16, Argument1 = 24, Argument2 = 32, Argument3 = 40;
    private const uint Namespaces = 0x7E020000 | 0x80;

    private readonly List<ulong> _code = [];
    private readonly SyscallTable _table;
    private void* _program;
    private void* _words;

    private SyscallFilter(SyscallTable table)
    {
        _table = table;
        Emit(Load, 0, 0, Architecture);
        Emit(JumpEqual, 1, 0, table.Architecture);
        Emit(Return, 0, 0, Kill);
        Emit(Load, 0, 0, Number);
        // The x32 calls of a 64-bit kernel.
        Emit(JumpAtLeast, 0, 1, 0x40000000);
        Emit(Return, 0, 0, Error | Permission);
    }

    /// <summary>A filter that lets everything pass but the start itself, which the gate holds.</summary>
    public static SyscallFilter GateOnly(SyscallTable table)
    {
        var filter = new SyscallFilter(table);
        filter.Gate();
        return filter;
    }

    /// <summary>The filter that holds commands.</summary>
    /// <param name="table">The numbers of this architecture.</param>
    /// <param name="denyNetwork">No sockets at all, but pairs.</param>
    /// <param name="isGate">The start is held at the gate; afterwards there is no way out of the process group and the session.</param>
    /// <param name="guarded">A process that gets no signal.</param>
    public static SyscallFilter ForCommands(SyscallTable table, bool denyNetwork, bool isGate, int guarded)
    {
        var filter = new SyscallFilter(table);
        filter.Rules(table, denyNetwork, isGate, guarded);
        if (isGate) filter.Gate();
        else filter.Emit(Return, 0, 0, Allow);
        return filter;
    }

    /// <summary>
    /// The filter of offline mode: sockets within this machine and of TCP, and no others (no UDP, no raw ones, nothing that is TCP by another
    /// name); no connection that begins with its first data, and none by calls that no filter sees.
    /// </summary>
    /// <param name="table">The numbers of this architecture.</param>
    /// <param name="denyConnect">No connection at all, for kernels that do not tell one TCP port from another.</param>
    public static SyscallFilter ForOffline(SyscallTable table, bool denyConnect)
    {
        const uint Unix = 1, Inet = 2, Inet6 = 10, Netlink = 16, Stream = 1, KindMask = 0xF, Tcp = 6, FastOpen = 0x2000_0000;
        var filter = new SyscallFilter(table);
        foreach (var number in SyscallTable.IoUring) filter.Deny(number, NotImplemented);
        filter.DenyWhere(table.SendTo, Argument3, JumpSet, FastOpen);
        filter.DenyWhere(table.SendMessage, Argument2, JumpSet, FastOpen);
        filter.DenyWhere(table.SendMessages, Argument3, JumpSet, FastOpen);
        if (denyConnect) filter.Deny(table.Connect, Permission);
        filter.Emit(JumpEqual, 1, 0, table.Socket);
        filter.Emit(Return, 0, 0, Allow);
        filter.Emit(Load, 0, 0, Argument0);
        filter.Emit(JumpEqual, 11, 0, Unix);
        filter.Emit(JumpEqual, 10, 0, Netlink);
        filter.Emit(JumpEqual, 2, 0, Inet);
        filter.Emit(JumpEqual, 1, 0, Inet6);
        filter.Emit(Return, 0, 0, Error | Permission);
        filter.Emit(Load, 0, 0, Argument1);
        filter.Emit(And, 0, 0, KindMask);
        filter.Emit(JumpEqual, 0, 3, Stream);
        filter.Emit(Load, 0, 0, Argument2);
        filter.Emit(JumpEqual, 2, 0, 0);
        filter.Emit(JumpEqual, 1, 0, Tcp);
        filter.Emit(Return, 0, 0, Error | Permission);
        filter.Emit(Return, 0, 0, Allow);
        return filter;
    }

    private void Rules(SyscallTable table, bool denyNetwork, bool keepSession, int guarded)
    {
        foreach (var number in table.Dangerous) Deny(number, Permission);
        // Without clone3, whose flags a filter cannot see, the C library uses clone, whose flags it can.
        Deny(table.CloneNew, NotImplemented);
        if (denyNetwork) Deny(table.Socket, Permission);
        if (keepSession) Deny(table.Setsid, Permission);
        DenyWhere(table.CloneOld, Argument0, JumpSet, Namespaces & ~0x80u);
        // Typing into a terminal: TIOCSTI, TIOCLINUX.
        DenyWhere(table.Ioctl, Argument1, JumpEqual, 0x5412);
        DenyWhere(table.Ioctl, Argument1, JumpEqual, 0x541C);
        foreach (var number in table.Signals)
        {
            DenyWhere(number, Argument0, JumpEqual, (uint)guarded);
            DenyWhere(number, Argument0, JumpEqual, (uint)-guarded);
            // Everybody: kill(-1).
            DenyWhere(number, Argument0, JumpEqual, uint.MaxValue);
        }
    }

    /// <summary>
    /// The gate: joining a process group waits for the one who listens. posix_spawn's child does that just before it becomes the program, so
    /// limits are on it before its first instruction. Once nobody listens any more, the call fails.
    /// </summary>
    private void Gate()
    {
        Emit(JumpEqual, 0, 1, _table.Setpgid);
        Emit(Return, 0, 0, Notify);
        Emit(Return, 0, 0, Allow);
    }

    /// <summary>The program as bytes: struct sock_filter, 8 bytes each.</summary>
    public byte[] Bytes => MemoryMarshal.AsBytes<ulong>(_code.ToArray()).ToArray();

    /// <summary>Makes it ready to be put on, outside of managed memory.</summary>
    public void Prepare()
    {
        var bytes = Bytes;
        _words = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(_words, bytes.Length));
        // struct sock_fprog: a 16-bit count, then a pointer.
        _program = NativeMemory.AllocZeroed(16);
        *(ushort*)_program = (ushort)_code.Count;
        *(void**)((byte*)_program + 8) = _words;
    }

    /// <summary>
    /// Puts it on the calling thread, for good; the thread must have given up new privileges. The descriptor of the gate, or a negative
    /// error number. Allocates nothing.
    /// </summary>
    public int RestrictWithGate() => Native.Call((nint)_table.Seccomp, 1, 1 << 3, (nint)_program, 0) is >= 0 and var gate ? (int)gate : -Marshal.GetLastPInvokeError();

    /// <summary>The same without a gate. An error number, or 0.</summary>
    public int Restrict() => Native.Call((nint)_table.Seccomp, 1, 0, (nint)_program, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Frees it; threads keep their copies.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_program);
        NativeMemory.Free(_words);
        _program = null;
        _words = null;
    }

    private void Deny(uint number, uint error)
    {
        Emit(JumpEqual, 0, 1, number);
        Emit(Return, 0, 0, Error | error);
    }

    private void DenyWhere(uint number, uint argument, ushort jump, uint value)
    {
        Emit(JumpEqual, 0, 4, number);
        Emit(Load, 0, 0, argument);
        Emit(jump, 0, 1, value);
        Emit(Return, 0, 0, Error | Permission);
        Emit(Load, 0, 0, Number);
    }

    /// <summary>struct sock_filter: a 16-bit code, jumps where true and false, 32 bits of operand.</summary>
    private void Emit(ushort code, byte whenTrue, byte whenFalse, uint operand) => _code.Add(code | (ulong)whenTrue << 16 | (ulong)whenFalse << 24 | (ulong)operand << 32);
}
