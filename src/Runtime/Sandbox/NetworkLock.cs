using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>
/// The kernel's own lock on the network, for good: TCP goes to some ports alone (Landlock, version 4 or more), and there are no sockets but
/// those of TCP and of this machine (a filter of system calls). Listening stays as it was. It is a thread's, and goes over to every program
/// that the thread starts or becomes. Where the kernel's Landlock is older, nothing is connected to at all, as long as nothing is to be.
/// </summary>
public static class NetworkLock
{
    private const int NoNewPrivileges = 38;

    /// <summary>True where this machine can lock anything.</summary>
    public static bool IsOffered => OperatingSystem.IsLinux() && SyscallTable.Here is not null;

    /// <summary>Puts it on the calling thread, which cannot take it off again.</summary>
    /// <param name="openPorts">TCP ports that can be connected to still: those of programs of this machine. The kernel tells no machine from another.</param>
    /// <param name="connects">True where something is connected to by a Unix socket: an older kernel refuses nothing then but sockets of other kinds.</param>
    /// <exception cref="ModelException">The kernel refuses; nothing is locked then, or a part of it.</exception>
    public static void PutOnThisThread(IReadOnlyCollection<int> openPorts, bool connects = false)
    {
        if (SyscallTable.Here is not { } table) throw new ModelException("System calls of this processor are not filtered.");
        var hasPorts = Landlock.Version >= 4;
        using var filter = SyscallFilter.ForOffline(table, denyConnect: !hasPorts && openPorts.Count == 0 && !connects);
        filter.Prepare();
        using var landlock = hasPorts ? Landlock.ForTcp(openPorts) : null;
        var error = Native.Control(NoNewPrivileges, 1, 0, 0, 0) == 0 ? 0 : 1;
        if (error == 0 && landlock is not null) error = landlock.Restrict();
        if (error == 0) error = filter.Restrict();
        if (error != 0) throw new ModelException($"The kernel refused to lock the network (error {error}).");
    }
}
