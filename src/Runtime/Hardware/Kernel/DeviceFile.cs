using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Runtime.Hardware.Kernel;

/// <summary>An open device of <c>/dev</c>. Its errors say what helps. Not safe for several threads.</summary>
internal sealed class DeviceFile : IDisposable
{
    // Milliseconds: a serial port that nobody lets send.
    private const int LongestWrite = 10_000;

    private readonly SafeFileHandle _handle;

    private DeviceFile(SafeFileHandle handle, string path) => (_handle, Path) = (handle, path);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    private int Number => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a device.</summary>
    /// <exception cref="HardwareException">It is not there, or may not be used.</exception>
    public static DeviceFile Open(string path, int flags = Libc.ReadWrite)
    {
        var file = Libc.Open(path, flags | Libc.CloseOnExec);
        return file >= 0 ? new DeviceFile(new SafeFileHandle(file, ownsHandle: true), path) : throw Fault(path, "opened", Marshal.GetLastPInvokeError());
    }

    /// <summary>A file that the kernel gave by number: a line that was asked for.</summary>
    public static DeviceFile Of(int file, string path) => new(new SafeFileHandle(file, ownsHandle: true), path);

    /// <summary>An ioctl whose argument is a structure, which the kernel may change.</summary>
    /// <exception cref="HardwareException">The kernel refuses; <paramref name="what"/> says what for.</exception>
    public unsafe int Control(uint request, Span<byte> argument, string what)
    {
        fixed (byte* at = argument)
        {
            int result;
            do result = Libc.Control(Number, request, at);
            while (result < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);
            return result >= 0 ? result : throw Fault(Path, what, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>An ioctl whose argument is a number.</summary>
    /// <exception cref="HardwareException">The kernel refuses.</exception>
    public unsafe void Control(uint request, nint argument, string what)
    {
        if (Libc.Control(Number, request, (void*)argument) < 0) throw Fault(Path, what, Marshal.GetLastPInvokeError());
    }

    /// <summary>Reads what is there, at most the length; 0 where nothing is and the file does not wait.</summary>
    /// <exception cref="HardwareException">It cannot be read.</exception>
    public unsafe int Read(Span<byte> to)
    {
        fixed (byte* at = to)
        {
            var count = Libc.Read(Number, at, (nuint)to.Length);
            if (count >= 0) return (int)count;
            var error = Marshal.GetLastPInvokeError();
            return error is Libc.TryAgain or Libc.Interrupted ? 0 : throw Fault(Path, "read", error);
        }
    }

    /// <summary>Writes all of it; waits where the file takes no more just now.</summary>
    /// <exception cref="HardwareException">It cannot be written, or takes nothing for ten seconds.</exception>
    public unsafe void Write(ReadOnlySpan<byte> from)
    {
        while (from.Length > 0)
        {
            fixed (byte* at = from)
            {
                var count = Libc.Write(Number, at, (nuint)from.Length);
                if (count > 0)
                {
                    from = from[(int)count..];
                    continue;
                }
                var error = count < 0 ? Marshal.GetLastPInvokeError() : Libc.Invalid;
                var full = new Libc.PollFile { File = Number, Wanted = Libc.Writable };
                if (error == Libc.Interrupted || (error == Libc.TryAgain && Libc.Poll(&full, 1, LongestWrite) > 0)) continue;
                throw Fault(Path, "written", error);
            }
        }
    }

    /// <summary>Waits until there is something to read, or <paramref name="other"/> says to stop. True where there is.</summary>
    public unsafe bool Wait(TimeSpan time, DeviceFile? other = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var files = stackalloc Libc.PollFile[2];
            files[0] = new Libc.PollFile { File = Number, Wanted = Libc.Readable };
            files[1] = new Libc.PollFile { File = other?.Number ?? -1, Wanted = Libc.Readable };
            var left = time == Timeout.InfiniteTimeSpan ? -1 : Math.Max(0, (int)(time - Stopwatch.GetElapsedTime(began)).TotalMilliseconds);
            var count = Libc.Poll(files, 2, left);
            if (count < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted) continue;
            // What is neither readable nor still there ends the wait too: reading says why.
            return count > 0 && files[1].Happened == 0 && files[0].Happened != 0;
        }
    }

    /// <summary>Maps a part of it for reading.</summary>
    /// <exception cref="HardwareException">It cannot be mapped.</exception>
    public nint Map(nuint length, nint offset)
    {
        const int forReading = 1, shared = 1;
        var at = Libc.Map(0, length, forReading, shared, Number, offset);
        return at != -1 ? at : throw Fault(Path, "mapped", Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes a serial port raw, with this speed constant, and forgets what came before.</summary>
    /// <exception cref="HardwareException">It is none.</exception>
    public unsafe void MakeSerial(uint speed)
    {
        // struct termios is 60 bytes in glibc on x64 and arm64: c_cflag is the third word. CREAD | CLOCAL.
        var termios = stackalloc byte[128];
        if (Libc.GetTerminal(Number, termios) != 0) throw Fault(Path, "used as a serial port", Marshal.GetLastPInvokeError());
        Libc.MakeRaw(termios);
        *(uint*)(termios + 8) |= 0x80 | 0x800;
        if (Libc.SetSpeed(termios, speed) != 0 || Libc.SetTerminal(Number, 0, termios) != 0) throw Fault(Path, "set to that speed", Marshal.GetLastPInvokeError());
        Forget();
    }

    /// <summary>Forgets what came by a serial port and was not read.</summary>
    public void Forget() => _ = Libc.Flush(Number, 0);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static HardwareException Fault(string path, string what, int error) => new(error switch
    {
        Libc.NotFound or Libc.NoDevice or Libc.NoSuchDevice => $"{path} is not there: the device is not connected, or its driver is not loaded.",
        Libc.NoAccess or Libc.NotPermitted => $"{path} may not be {what} by this user. Put the user into the group that owns it (`ls -l {path}`), and let the service use it (DeviceAllow).",
        Libc.Busy => $"{path} cannot be {what}: something else uses it.",
        _ => $"{path} cannot be {what}: {Marshal.GetPInvokeErrorMessage(error)}.",
    });
}
