using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TestKit.PowerCuts;

/// <summary>
/// A file system of one file, <c>disk</c>, whose every write and flush goes through this process in order: the kernel's FUSE protocol
/// (linux/fuse.h, version 7), as much of it as a loop device needs. Mounting it needs root.
/// </summary>
internal sealed partial class FuseFile : IDisposable
{
    private const int InHeader = 40, OutHeader = 16, MostWritten = 128 * 1024, OpenReadWrite = 2, CloseOnExec = 0x80000;
    private const int NoEntry = -2, NotSupported = -38, Root = 1, File = 2;
    private static readonly byte[] Name = "disk\0"u8.ToArray();

    private readonly WriteLog _log;
    private readonly string _folder;
    private readonly int _device;
    private readonly Thread _thread;

    public FuseFile(WriteLog log, string folder)
    {
        (_log, _folder) = (log, folder);
        _device = open("/dev/fuse", OpenReadWrite | CloseOnExec);
        if (_device < 0) throw new InvalidOperationException("/dev/fuse cannot be opened");
        if (mount("appliance-test", folder, "fuse", 0, string.Create(CultureInfo.InvariantCulture, $"fd={_device},rootmode=40000,user_id=0,group_id=0")) != 0)
        {
            close(_device);
            throw new InvalidOperationException($"FUSE cannot be mounted: error {Marshal.GetLastPInvokeError()}");
        }
        _thread = new Thread(Serve) { IsBackground = true, Name = "fuse" };
        _thread.Start();
    }

    public string Path => System.IO.Path.Combine(_folder, "disk");

    public void Dispose()
    {
        SmallDisk.Run("umount", _folder);
        _thread.Join();
        close(_device);
    }

    private void Serve()
    {
        var request = new byte[MostWritten + 64 * 1024];
        var answer = new byte[OutHeader + MostWritten + 64 * 1024];
        while (true)
        {
            var length = (int)read(_device, request, request.Length);
            // ENODEV: it was unmounted.
            if (length < InHeader)
            {
                if (Marshal.GetLastPInvokeError() is 4 or 11 or 2) continue;
                return;
            }
            var (opcode, unique, node) = (Int(request, 4), BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(8)), BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(16)));
            // FORGET, INTERRUPT, BATCH_FORGET: nobody waits for an answer.
            if (opcode is 2 or 36 or 42) continue;
            answer.AsSpan(0, OutHeader + 256).Clear();
            var size = Answer(opcode, node, request.AsSpan(InHeader, length - InHeader), answer.AsSpan(OutHeader));
            Put(answer, 0, OutHeader + Math.Max(size, 0));
            Put(answer, 4, Math.Min(size, 0));
            BinaryPrimitives.WriteUInt64LittleEndian(answer.AsSpan(8), unique);
            write(_device, answer, OutHeader + Math.Max(size, 0));
        }
    }

    // The size of the answer, or a negative error.
    private int Answer(int opcode, ulong node, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        switch (opcode)
        {
            case 1: // LOOKUP
                if (!request.SequenceEqual(Name)) return NoEntry;
                Put(answer, 0, File);
                Attributes(File, answer[40..]);
                return 128;
            case 3 or 4: // GETATTR, SETATTR
                Attributes((int)node, answer[16..]);
                return 104;
            case 14 or 27: // OPEN, OPENDIR
                return 16;
            case 15: // READ
                var (from, count) = (BinaryPrimitives.ReadInt64LittleEndian(request[8..]), Int(request, 16));
                var there = (int)Math.Clamp(_log.Size - from, 0, count);
                _log.Read(from, answer[..there]);
                return there;
            case 16: // WRITE
                var size = Int(request, 16);
                _log.Write(BinaryPrimitives.ReadInt64LittleEndian(request[8..]), request.Slice(40, size));
                Put(answer, 0, size);
                return 8;
            case 17: // STATFS
                return 80;
            case 18 or 25 or 29: // RELEASE, FLUSH (a descriptor that is closed), RELEASEDIR
                return 0;
            case 20: // FSYNC
                _log.Flush();
                return 0;
            case 26: // INIT
                Put(answer, 0, 7);
                Put(answer, 4, 31);
                Put(answer, 8, MostWritten);
                // BIG_WRITES
                Put(answer, 12, 1 << 5);
                answer[16] = 16;
                answer[18] = 12;
                Put(answer, 20, MostWritten);
                Put(answer, 24, 1);
                return 64;
            default:
                return NotSupported;
        }
    }

    private void Attributes(int node, Span<byte> into)
    {
        Put(into, 0, node);
        if (node == File)
        {
            Put(into, 8, _log.Size);
            Put(into, 16, _log.Size / 512);
        }
        Put(into, 60, node == Root ? 0x4000 | 0x1C0 : 0x8000 | 0x180);
        Put(into, 64, node == Root ? 2 : 1);
        Put(into, 80, 4096);
    }

    private static int Int(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt32LittleEndian(from[at..]);

    private static void Put(Span<byte> into, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(into[at..], value);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, byte[] into, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte[] from, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
