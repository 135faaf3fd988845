using System.Runtime.InteropServices;

namespace Runtime.Sandbox.Kernel;

/// <summary>Numbers of system calls, per architecture (asm/unistd_64.h, asm-generic/unistd.h).</summary>
internal sealed record SyscallTable(uint Architecture, IReadOnlyList<uint> Dangerous, uint Seccomp, uint Socket, uint Setsid, uint Setpgid, uint CloneOld, uint CloneNew, uint Ioctl, IReadOnlyList<uint> Signals, uint Connect, uint SendTo, uint SendMessage, uint SendMessages)
{
    /// <summary>io_uring_setup, _enter and _register: calls that no filter sees.</summary>
    public static IReadOnlyList<uint> IoUring => [425, 426, 427];

    // Newer calls have one number everywhere.
    private static readonly uint[] Everywhere =
    [
        424 /* pidfd_send_signal */, .. IoUring, 428 /* open_tree */, 429 /* move_mount */, 430, 431, 432, 433 /* fsopen … fspick */, 438 /* pidfd_getfd */, 442 /* mount_setattr */,
    ];

    /// <summary>This machine's, or null where it is not known.</summary>
    public static SyscallTable? Here => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => X64,
        System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
        _ => null,
    };

    // ptrace, process_vm_readv/writev, mount, umount2, pivot_root, chroot, unshare, setns, bpf, perf_event_open, kexec_load, kexec_file_load, init_module, finit_module, delete_module,
    // keyctl, add_key, request_key, userfaultfd, open_by_handle_at, swapon, swapoff, reboot, settimeofday, clock_settime, adjtimex, clock_adjtime, acct, quotactl, syslog, iopl, ioperm,
    // personality, sethostname, setdomainname, kcmp, vhangup, mknod, mknodat.
    private static SyscallTable X64 { get; } = new(0xC000003E,
        [101, 310, 311, 165, 166, 155, 161, 272, 308, 321, 298, 246, 320, 175, 313, 176, 250, 248, 249, 323, 304, 167, 168, 169, 164, 227, 159, 305, 163, 179, 103, 172, 173, 135, 170, 171, 312, 153, 133, 259, .. Everywhere],
        Seccomp: 317, Socket: 41, Setsid: 112, Setpgid: 109, CloneOld: 56, CloneNew: 435, Ioctl: 16, Signals: [62, 200, 234, 129, 297, 434], Connect: 42, SendTo: 44, SendMessage: 46, SendMessages: 307);

    private static SyscallTable Arm64 { get; } = new(0xC00000B7,
        [117, 270, 271, 40, 39, 41, 51, 97, 268, 280, 241, 104, 294, 105, 273, 106, 219, 217, 218, 282, 265, 224, 225, 142, 170, 112, 171, 266, 89, 60, 116, 92, 161, 162, 272, 58, 33, .. Everywhere],
        Seccomp: 277, Socket: 198, Setsid: 157, Setpgid: 154, CloneOld: 220, CloneNew: 435, Ioctl: 29, Signals: [129, 130, 131, 138, 240, 434], Connect: 203, SendTo: 206, SendMessage: 211, SendMessages: 269);
}
