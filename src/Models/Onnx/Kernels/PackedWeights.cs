using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Models.Onnx.Kernels;

/// <summary>
/// The int4 weights of a session, copied from the model's file into panels in memory of our own: one stream to read where the file has
/// two, and on huge pages where the system allows them. Matrices are added, then loaded all at once.
/// </summary>
/// <param name="folder">The model's folder.</param>
internal sealed unsafe class PackedWeights(string folder) : IDisposable
{
    private const nuint HugePage = 2 << 20;
    private const long ChunkBytes = 64 << 20;

    // Rows that are read at once: a few hundred kilobytes.
    private const int RowsAtOnce = 32 * PanelMatrix.PanelRows;

    private readonly Dictionary<(string File, long Offset), PanelMatrix> _matrices = [];
    private readonly List<Piece> _pieces = [];
    private readonly List<nint> _chunks = [];
    private byte* _next;
    private long _left;

    // So many rows of a matrix, as the file has them.
    private sealed record Piece(string Path, long Weights, long Scales, int Rows, int Blocks, PanelMatrix Target, int FirstPanel);

    /// <summary>Sets memory aside for a matrix; one that was added before is the same.</summary>
    /// <param name="file">Name of the file beside the model.</param>
    /// <param name="weights">Where its weights begin, [rows, blocks, 16] bytes as MatMulNBits stores them.</param>
    /// <param name="scales">Where its scales begin, [rows, blocks] float16.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="blocks">Inputs divided by 32.</param>
    public PanelMatrix Add(string file, long weights, long scales, int rows, int blocks)
    {
        if (_matrices.TryGetValue((file, weights), out var matrix)) return matrix;
        matrix = new PanelMatrix(Allocate(PanelMatrix.BytesOf(rows, blocks)), rows, blocks);
        _matrices[(file, weights)] = matrix;
        var path = Path.Combine(folder, file);
        for (var row = 0; row < rows; row += RowsAtOnce)
        {
            var block = (long)row * blocks;
            _pieces.Add(new Piece(
                path, weights + block * Int4Matrix.BlockBytes, scales + block * sizeof(Half), Math.Min(RowsAtOnce, rows - row), blocks,
                matrix, row / PanelMatrix.PanelRows));
        }
        return matrix;
    }

    /// <summary>Reads every matrix that was added.</summary>
    /// <exception cref="OnnxRuntimeException">A file is shorter than the graph says, or cannot be read.</exception>
    public void Load(int threads)
    {
        var files = new Dictionary<string, SafeFileHandle>();
        try
        {
            foreach (var piece in _pieces)
                if (!files.ContainsKey(piece.Path)) files[piece.Path] = File.OpenHandle(piece.Path);
            Parallel.ForEach(_pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece => Load(piece, files[piece.Path]));
        }
        catch (AggregateException e) when (e.InnerException is IOException inner)
        {
            throw Unreadable(inner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
        finally
        {
            foreach (var file in files.Values) file.Dispose();
            _pieces.Clear();
        }
    }

    private static OnnxRuntimeException Unreadable(Exception e) => new($"The model's weights cannot be read: {e.Message} Run `appliance models verify`.", e);

    private static void Load(Piece piece, SafeFileHandle file)
    {
        var blocks = piece.Rows * piece.Blocks;
        int weights = blocks * Int4Matrix.BlockBytes, scales = blocks * sizeof(Half);
        var buffer = NativeBuffer.Rent((nuint)(weights + scales));
        try
        {
            Read(file, new Span<byte>(buffer.Pointer, weights), piece.Weights);
            Read(file, new Span<byte>(buffer.Pointer + weights, scales), piece.Scales);
            piece.Target.Fill(new Int4Matrix(buffer.Pointer, buffer.Pointer + weights, true, piece.Rows, piece.Blocks), piece.FirstPanel);
        }
        finally
        {
            buffer.Return();
        }
    }

    private static void Read(SafeFileHandle file, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(file, target, offset);
            if (read == 0) throw new EndOfStreamException("The file ends too early.");
            target = target[read..];
            offset += read;
        }
    }

    // Chunks and not a block of memory a matrix, so that small matrices share huge pages. What no matrix takes is never touched.
    private byte* Allocate(long bytes)
    {
        if (bytes > _left)
        {
            _left = Math.Max(bytes, ChunkBytes);
            _next = (byte*)NativeMemory.AlignedAlloc((nuint)_left, HugePage);
            _chunks.Add((nint)_next);
            // MADV_HUGEPAGE = 14; where the system refuses, ordinary pages do.
            if (OperatingSystem.IsLinux()) _ = Libc.Advise(_next, (nuint)_left, 14);
        }
        var address = _next;
        _next += bytes;
        _left -= bytes;
        return address;
    }

    /// <summary>Frees the weights: no session may use them any more.</summary>
    public void Dispose()
    {
        foreach (var chunk in _chunks) NativeMemory.AlignedFree((void*)chunk);
        _chunks.Clear();
    }
}
