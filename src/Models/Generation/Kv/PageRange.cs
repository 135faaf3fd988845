using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Models.Onnx;

namespace Models.Generation.Kv;

/// <summary>A range of address space that takes memory page by page as it is written, and can give pages back.</summary>
internal sealed unsafe class PageRange : IDisposable
{
    private static readonly long PageSize = Environment.SystemPageSize;
    private readonly long _length;

    /// <summary>Reserves a range of zeros.</summary>
    /// <exception cref="GenerationException">The system gives no such range.</exception>
    public PageRange(long length)
    {
        _length = Math.Max(length, PageSize);
        Start = OperatingSystem.IsWindows()
            ? (byte*)NativeMemory.AlignedAlloc((nuint)_length, (nuint)PageSize)
            : (byte*)Libc.MapAnonymous((nint)_length);
        if (Start == null) throw new GenerationException($"The system gives no {_length >> 20} MB of address space for keys and values.");
    }

    /// <summary>Its first byte.</summary>
    public byte* Start { get; private set; }

    /// <summary>Gives the whole pages of a part back; they read as zeros when touched again.</summary>
    public void Discard(long offset, long length)
    {
        if (OperatingSystem.IsWindows()) return;
        var from = (offset + PageSize - 1) / PageSize * PageSize;
        var to = (offset + length) / PageSize * PageSize;
        if (to > from) Libc.Discard((nint)(Start + from), (nint)(to - from));
    }

    /// <summary>Puts a file's contents at the beginning of the range: mapped where the system can, and never written back to the file.</summary>
    /// <exception cref="IOException">The file cannot be mapped or read.</exception>
    public void Load(SafeFileHandle file, long offset, long length)
    {
        if (length == 0 || (!OperatingSystem.IsWindows() && Libc.MapFile((nint)Start, (nint)length, file, offset))) return;
        for (var done = 0L; done < length;)
        {
            var read = RandomAccess.Read(file, new Span<byte>(Start + done, (int)Math.Min(length - done, 1 << 24)), offset + done);
            if (read == 0) throw new EndOfStreamException("The file ended early.");
            done += read;
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        if (Start == null) return;
        if (OperatingSystem.IsWindows()) NativeMemory.AlignedFree(Start);
        else _ = Libc.Unmap((nint)Start, (nint)_length);
        Start = null;
    }
}
