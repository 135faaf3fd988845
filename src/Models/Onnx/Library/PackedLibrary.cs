using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Models.Onnx.Library;

/// <summary>The native library as it lies in this binary: compressed by <c>pack.mjs</c>, which says how. Not safe for several threads.</summary>
internal sealed class PackedLibrary : IDisposable
{
    private const string Resource = "libonnxruntime.so.packed";
    private readonly BinaryReader _reader;
    private readonly int _length;

    /// <summary>Reads its head.</summary>
    /// <param name="packed">From its beginning; closed by <see cref="Dispose"/>.</param>
    public PackedLibrary(Stream packed)
    {
        _reader = new BinaryReader(packed);
        Hash = _reader.ReadBytes(SHA256.HashSizeInBytes);
        _length = checked((int)_reader.ReadUInt32());
    }

    /// <summary>SHA-256 of the library as its publisher made it.</summary>
    public byte[] Hash { get; }

    /// <summary>The one in this binary.</summary>
    /// <exception cref="OnnxRuntimeException">There is none.</exception>
    public static PackedLibrary Open() => new(
        typeof(PackedLibrary).Assembly.GetManifestResourceStream(Resource)
        ?? throw new OnnxRuntimeException("ONNX Runtime is not in this binary. Build it with ./build.sh publish."));

    /// <summary>Writes the library, once.</summary>
    /// <exception cref="OnnxRuntimeException">What came out is not what was packed.</exception>
    public void Unpack(Stream target)
    {
        const string Damaged = "ONNX Runtime in this binary is damaged. Copy the binary again, or build it anew.";
        try
        {
            if (!Write(target).AsSpan().SequenceEqual(Hash)) throw new OnnxRuntimeException(Damaged);
        }
        catch (Exception e) when (e is InvalidOperationException or EndOfStreamException)
        {
            throw new OnnxRuntimeException(Damaged, e);
        }
    }

    /// <summary>Gives the SHA-256 of what was written.</summary>
    private byte[] Write(Stream target)
    {
        var filter = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? new BranchFilter(_length) : null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        var (written, left) = (0, 0);
        while (written + left < _length)
        {
            var end = _reader.ReadUInt32() + _reader.BaseStream.Position;
            using (var inflated = new BrotliStream(_reader.BaseStream, CompressionMode.Decompress, leaveOpen: true))
            {
                while (inflated.Read(buffer.AsSpan(left)) is > 0 and var read)
                {
                    var bytes = buffer.AsSpan(0, left + read);
                    var done = filter?.Undo(bytes) ?? bytes.Length;
                    hash.AppendData(bytes[..done]);
                    target.Write(bytes[..done]);
                    bytes[done..].CopyTo(buffer);
                    (written, left) = (written + done, bytes.Length - done);
                }
            }
            _reader.BaseStream.Position = end;
        }
        return hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
