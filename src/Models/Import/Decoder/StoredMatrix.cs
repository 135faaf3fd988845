using Models.Import.Quantize;

namespace Models.Import.Decoder;

/// <summary>A weight matrix in the external data file.</summary>
/// <param name="Name">Name of the initializer of its numbers.</param>
/// <param name="Scales">Name of the initializer of its scales [rows, blocks]; null for float32.</param>
/// <param name="Kind">How it is stored.</param>
/// <param name="Rows">Output features.</param>
/// <param name="Columns">Input features.</param>
/// <param name="Offset">Where its numbers start in the data file.</param>
/// <param name="Length">Bytes of its numbers.</param>
internal sealed record StoredMatrix(string Name, string? Scales, StoredKind Kind, int Rows, int Columns, long Offset, long Length);
