using System.IO.Compression;

namespace Appliance.Update.Deltas;

/// <summary>
/// Makes a file from an older one and a delta (<c>firmware-scripts/delta.mjs</c> writes them): <c>APD1</c>, then, compressed by Brotli, steps.
/// A step is three numbers (LEB128, the last with its sign in the lowest bit), how many bytes come from the old file with something added to
/// each, how many are new, and how far to move in the old file after that; then those added and those new bytes. A step of three zeros is the end.
/// </summary>
internal static class DeltaPatch
{
    private const int Piece = 1 << 16;

    /// <summary>Writes the new file. It is for the caller to check what came out.</summary>
    /// <param name="old">The older file; it can be sought in.</param>
    /// <param name="delta">The delta.</param>
    /// <param name="output">Gets the new file.</param>
    /// <param name="size">Bytes it is to have; no more are written.</param>
    /// <param name="progress">Hears how many are written, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">It is no delta of that file.</exception>
    public static void Apply(Stream old, Stream delta, Stream output, long size, Action<long>? progress, CancellationToken cancellation)
    {
        Span<byte> mark = stackalloc byte[4];
        if (delta.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) < mark.Length || !mark.SequenceEqual("APD1"u8)) throw new InvalidDataException("it does not begin as a delta");
        using var brotli = new BrotliStream(delta, CompressionMode.Decompress, leaveOpen: true);
        using var steps = new BufferedStream(brotli, Piece);
        var (at, written) = (0L, 0L);
        var (added, source) = (new byte[Piece], new byte[Piece]);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (copied, fresh, move) = (Number(steps), Number(steps), Number(steps));
            if (copied == 0 && fresh == 0 && move == 0) break;
            if (copied > size - written || fresh > size - written - copied || at < 0 || copied > old.Length - at) throw new InvalidDataException("a step leads beyond the file");
            old.Position = at;
            for (var left = copied; left > 0;)
            {
                var part = (int)Math.Min(left, Piece);
                Fill(steps, added.AsSpan(0, part));
                Fill(old, source.AsSpan(0, part));
                for (var i = 0; i < part; i++) source[i] += added[i];
                output.Write(source, 0, part);
                left -= part;
            }
            for (var left = fresh; left > 0;)
            {
                var part = (int)Math.Min(left, Piece);
                Fill(steps, added.AsSpan(0, part));
                output.Write(added, 0, part);
                left -= part;
            }
            at += copied + ((move & 1) == 0 ? move >> 1 : -(move >> 1));
            written += copied + fresh;
            progress?.Invoke(written);
        }
        if (written != size) throw new InvalidDataException($"it makes {written:N0} bytes and not {size:N0}");
    }

    private static void Fill(Stream from, Span<byte> to)
    {
        try { from.ReadExactly(to); }
        catch (EndOfStreamException e) { throw new InvalidDataException("it ends too soon", e); }
    }

    private static long Number(Stream from)
    {
        var value = 0L;
        for (var shift = 0; shift < 56; shift += 7)
        {
            var next = from.ReadByte();
            if (next < 0) throw new InvalidDataException("it ends too soon");
            value |= (long)(next & 127) << shift;
            if (next < 128) return value;
        }
        throw new InvalidDataException("a number in it is too large");
    }
}
