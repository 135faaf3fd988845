using Models.Import.Weights;

namespace Models.Import.Sources;

/// <summary>A model as its source holds it, whatever the format: a description, tensors in mapped files, a tokenizer.</summary>
internal sealed class SourceModel(IReadOnlyList<MappedFile> files) : IDisposable
{
    /// <summary>The file or folder, for messages.</summary>
    public required string Path { get; init; }

    public required ModelShape Shape { get; init; }

    public required TensorNames Names { get; init; }

    public required IReadOnlyDictionary<string, SourceTensor> Tensors { get; init; }

    public required SpecialTokens SpecialTokens { get; init; }

    /// <summary>Writes tokenizer.json and what belongs to it into a folder.</summary>
    public required Action<string> WriteTokenizer { get; init; }

    /// <summary>Licence as the source states it, or null.</summary>
    public string? License { get; init; }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }
}
