using System.Runtime.InteropServices;
using System.Text;
using Models;

namespace Runtime.Sandbox.Kernel;

/// <summary>
/// Landlock (landlock(7)): the folders that a thread, and what it starts, may read and write. The rules are made ahead and put on by the
/// thread itself. Kernels without it say so.
/// </summary>
internal sealed unsafe class Landlock : IDisposable
{
    // linux/landlock.h; the numbers of these calls are the same on every architecture.
    private const int CreateRuleset = 444, AddRule = 445, RestrictSelf = 446;
    private const int OpenPath = 0x200000, CloseOnExec = 0x80000;
    private const ulong Execute = 1 << 0, WriteFile = 1 << 1, ReadFile = 1 << 2, ReadFolder = 1 << 3, Truncate = 1 << 14, DeviceControl = 1 << 15;
    private const ulong OfFiles = Execute | WriteFile | ReadFile | Truncate | DeviceControl;

    private readonly int _rules;

    /// <summary>Rules for the kernel's version of Landlock, which is 1 or more.</summary>
    /// <param name="denyNetwork">No TCP connection, no listening (version 4).</param>
    public Landlock(bool denyNetwork)
    {
        var version = Version;
        Handled = (1UL << version switch { 1 => 13, 2 => 14, 3 or 4 => 15, _ => 16 }) - 1;
        // handled_access_fs, handled_access_net, scoped (abstract sockets, signals).
        var attributes = stackalloc ulong[3];
        (attributes[0], attributes[1], attributes[2]) = (Handled, denyNetwork ? 3UL : 0, 3);
        nint size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
        _rules = (int)Native.Call(CreateRuleset, (nint)attributes, size, 0, 0);
        if (_rules < 0) throw new ModelException($"The kernel refused Landlock rules (error {Marshal.GetLastPInvokeError()}).");
    }

    private Landlock(IEnumerable<int> ports)
    {
        const ulong ConnectTcp = 2;
        var attributes = stackalloc ulong[2];
        (attributes[0], attributes[1]) = (0, ConnectTcp);
        _rules = (int)Native.Call(CreateRuleset, (nint)attributes, 16, 0, 0);
        if (_rules < 0) throw new ModelException($"The kernel refused Landlock rules (error {Marshal.GetLastPInvokeError()}).");
        // struct landlock_net_port_attr: what is allowed, then the port.
        var rule = stackalloc ulong[2];
        foreach (var port in ports)
        {
            (rule[0], rule[1]) = (ConnectTcp, (ulong)port);
            _ = Native.Call(AddRule, _rules, 2, (nint)rule, 0);
        }
    }

    /// <summary>Rules that let TCP connections go to these ports alone, of whatever machine; the kernel's version is 4 or more.</summary>
    public static Landlock ForTcp(IEnumerable<int> ports) => new(ports);

    /// <summary>The kernel's version of Landlock; 0 where it has none, or it is off.</summary>
    public static int Version { get; } = OperatingSystem.IsLinux() && Native.Call(CreateRuleset, 0, 0, 1, 0) is > 0 and var version ? (int)version : 0;

    private ulong Handled { get; }

    /// <summary>Lets a file or folder, and all below it, be read and run.</summary>
    public void AllowRead(string path) => Allow(path, Execute | ReadFile | ReadFolder);

    /// <summary>Lets it be read only.</summary>
    public void AllowReadOnly(string path) => Allow(path, ReadFile | ReadFolder);

    /// <summary>Lets it be written too.</summary>
    public void AllowWrite(string path) => Allow(path, ~DeviceControl);

    /// <summary>Puts the rules on the calling thread, for good. An error number, or 0.</summary>
    public int Restrict() => Native.Call(RestrictSelf, _rules, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Forgets the rules; threads keep them.</summary>
    public void Dispose() => _ = Native.Close(_rules);

    private void Allow(string path, ulong access)
    {
        var name = Encoding.UTF8.GetBytes(path + "\0");
        int descriptor;
        fixed (byte* start = name) descriptor = Native.Open(start, OpenPath | CloseOnExec, 0);
        // What is not there needs no rule.
        if (descriptor < 0) return;
        // struct landlock_path_beneath_attr is packed: 64 bits of access, 32 of a descriptor.
        var rule = stackalloc byte[12];
        *(ulong*)rule = access & Handled & (Directory.Exists(path) ? ulong.MaxValue : OfFiles);
        *(int*)(rule + 8) = descriptor;
        _ = Native.Call(AddRule, _rules, 1, (nint)rule, 0);
        _ = Native.Close(descriptor);
    }
}
