using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>A terminal of the kernel's own, which is a serial port to who opens it; the test is the device behind it.</summary>
internal sealed class Pty : IDisposable
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100;

    public Pty()
    {
        var end = new SafeFileHandle(PosixOpenPty(ReadWrite | NoControllingTerminal), ownsHandle: true);
        Assert.False(end.IsInvalid);
        Assert.Equal(0, GrantPty((int)end.DangerousGetHandle()) | UnlockPty((int)end.DangerousGetHandle()));
        Name = Marshal.PtrToStringUTF8(NameOfPty((int)end.DangerousGetHandle()))!;
        Device = new FileStream(end, FileAccess.ReadWrite, 0);
    }

    /// <summary>Its file.</summary>
    public string Name { get; }

    /// <summary>The other end.</summary>
    public FileStream Device { get; }

    public void Dispose() => Device.Dispose();

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern int PosixOpenPty(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int GrantPty(int file);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int UnlockPty(int file);

    [DllImport("libc", EntryPoint = "ptsname")]
    private static extern nint NameOfPty(int file);
}
