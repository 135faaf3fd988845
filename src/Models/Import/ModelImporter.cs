namespace Models.Import;

/// <summary>How weights are stored after an import.</summary>
public enum Quantization
{
    /// <summary>What suits the source: quantized GGUF tensors keep their kind, float weights become int8 or int4.</summary>
    Auto,

    /// <summary>float32, for tests and tiny models.</summary>
    None,

    /// <summary>4 bits per weight in blocks of 32.</summary>
    Int4,

    /// <summary>8 bits per weight in blocks of 32.</summary>
    Int8,
}

/// <summary>How to import.</summary>
public sealed record ImportOptions
{
    /// <summary>How weights are stored.</summary>
    public Quantization Quantization { get; init; } = Quantization.Auto;

    /// <summary>Told the bytes of source weights done and in all, after each tensor.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}

/// <summary>What an import made.</summary>
/// <param name="Architecture">llama, qwen2, qwen3, phi3, or a GenAI folder's own type.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="Quantization">What the weights became: none, int8, int4, int4+int8.</param>
/// <param name="ContextLength">Longest context, tokens.</param>
/// <param name="License">Licence as the source states it, or null.</param>
/// <param name="Losses">Per requantized source kind, the relative root-mean-square error it cost; empty when nothing was lost.</param>
public sealed record ImportReport(
    string Architecture, long Parameters, string Quantization, int ContextLength, string? License, IReadOnlyList<QuantizationLoss> Losses);

/// <summary>What requantizing cost.</summary>
/// <param name="From">Source kind, such as Q4_K.</param>
/// <param name="To">Stored kind, such as int4.</param>
/// <param name="Tensors">How many tensors.</param>
/// <param name="RelativeError">sqrt(Σ(a−b)² / Σa²) over all their weights.</param>
public sealed record QuantizationLoss(string From, string To, int Tensors, double RelativeError);

/// <summary>An error of an import: a damaged or unknown file, shapes that disagree, no tokenizer.</summary>
public sealed class ImportException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public ImportException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>Turns model files made elsewhere into an ONNX folder in GenAI layout.</summary>
public static class ModelImporter
{
    /// <summary>
    /// Imports <paramref name="source"/> (a .gguf file, a llama2.c .bin file, a folder with safetensors and config.json, or an ONNX
    /// GenAI folder) into the empty folder <paramref name="target"/>. Memory stays below three times the largest tensor.
    /// </summary>
    /// <exception cref="ImportException">The source cannot be imported; the message names the cause.</exception>
    /// <exception cref="IOException">Reading or writing failed, the disk is full for instance; the caller removes the folder.</exception>
    public static ImportReport Import(string source, string target, ImportOptions options, CancellationToken cancellation) =>
        throw new NotImplementedException();
}
