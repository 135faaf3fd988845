using System.Buffers.Binary;

namespace Runtime.Hardware.Kernel.Video;

/// <summary>One picture of a camera by Video4Linux (linux/videodev2.h), as the camera itself compresses it: MJPEG, which nearly every USB camera knows.</summary>
public static class Camera
{
    private const uint SetFormat = 0xC0D05605, RequestBuffers = 0xC0145608, QueryBuffer = 0xC0585609, Queue = 0xC058560F, Dequeue = 0xC0585611, StreamOn = 0x40045612, StreamOff = 0x40045613;
    private const uint Capture = 1, Mapped = 1;
    private const int BufferSize = 88, FormatSize = 208;

    // Cameras find their exposure within some pictures.
    private const int Skipped = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>'MJPG', as the structure has it.</summary>
    private static readonly uint Mjpeg = BinaryPrimitives.ReadUInt32LittleEndian("MJPG"u8);

    /// <summary>Takes one: a whole JPEG file.</summary>
    /// <param name="path">The device: /dev/video0.</param>
    /// <param name="width">Pixels; the camera takes what it can that is nearest.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="HardwareException">There is no camera, it knows no MJPEG, or sends nothing.</exception>
    public static byte[] Take(string path, int width = 1280, int height = 720)
    {
        using var file = DeviceFile.Open(path, Libc.ReadWrite | Libc.NonBlocking);
        // struct v4l2_format: type, then (aligned to 8) width, height, pixelformat, field, …
        var format = new byte[FormatSize];
        Put(format, 0, Capture);
        Put(format, 8, (uint)width);
        Put(format, 12, (uint)height);
        Put(format, 16, Mjpeg);
        file.Control(SetFormat, format, "set to MJPEG");
        if (BitConverter.ToUInt32(format, 16) != Mjpeg) throw new HardwareException($"{path} knows no MJPEG, and pictures of other kinds are not made here.");
        // struct v4l2_requestbuffers: count, type, memory.
        var request = new byte[20];
        Put(request, 0, 1);
        Put(request, 4, Capture);
        Put(request, 8, Mapped);
        file.Control(RequestBuffers, request, "asked for a buffer");
        var buffer = Buffer();
        file.Control(QueryBuffer, buffer, "asked for its buffer");
        // struct v4l2_buffer: index 0, type 4, bytesused 8, …, memory 60, offset 64, length 72.
        var (offset, length) = (BitConverter.ToUInt32(buffer, 64), BitConverter.ToUInt32(buffer, 72));
        var at = file.Map(length, (nint)offset);
        try
        {
            var type = new byte[4];
            Put(type, 0, Capture);
            file.Control(Queue, Buffer(), "given its buffer");
            file.Control(StreamOn, type, "started");
            for (var i = 0; ; i++)
            {
                if (!file.Wait(Patience)) throw new HardwareException($"{path} sent no picture within {Patience.TotalSeconds:0} s.");
                var filled = Buffer();
                file.Control(Dequeue, filled, "asked for a picture");
                if (i >= Skipped)
                {
                    var picture = Copy(at, (int)Math.Min(length, BitConverter.ToUInt32(filled, 8)));
                    file.Control(StreamOff, type, "stopped");
                    return picture;
                }
                file.Control(Queue, Buffer(), "given its buffer");
            }
        }
        finally
        {
            _ = Libc.Unmap(at, length);
        }
    }

    private static byte[] Buffer()
    {
        var buffer = new byte[BufferSize];
        Put(buffer, 4, Capture);
        Put(buffer, 60, Mapped);
        return buffer;
    }

    private static unsafe byte[] Copy(nint at, int length)
    {
        var picture = new ReadOnlySpan<byte>((void*)at, length).ToArray();
        // FF D8 begins a JPEG: a camera that is unplugged meanwhile gives an empty buffer.
        return picture is [0xFF, 0xD8, ..] ? picture : throw new HardwareException("What the camera sent is no picture.");
    }

    private static void Put(byte[] to, int at, uint value) => BitConverter.TryWriteBytes(to.AsSpan(at), value);
}
