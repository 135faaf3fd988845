using Models.Import.Sources;
using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>Reads a GGUF file as a model.</summary>
internal static class GgufSource
{
    /// <summary>Opens the file.</summary>
    /// <exception cref="ImportException">The file is damaged, or of an architecture or kind that is not supported; the message names it.</exception>
    public static SourceModel Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SourceModel Read(MappedFile mapped)
    {
        var file = new GgufFile(mapped);
        var metadata = file.Metadata;
        var architecture = metadata.FindString("general.architecture") ?? throw new ImportException($"{mapped.Path} does not state its general.architecture.");
        if (architecture is not ("llama" or "qwen2" or "qwen3" or "phi3"))
            throw new ImportException($"{mapped.Path} is a {architecture} model, which is not supported. Supported are llama (also Mistral and SmolLM), qwen2, qwen3 and phi3.");
        var keys = new GgufKeys(metadata, architecture, mapped.Path);
        keys.RefuseUnsupported();
        var tensors = file.ReadTensors();
        var vocabulary = GgufVocabulary.Read(metadata, mapped.Path);
        var shape = GgufShape.Read(keys, tensors, vocabulary.Tokens.Count);
        shape.Validate(mapped.Path);
        return new SourceModel([mapped])
        {
            Path = mapped.Path,
            Shape = shape,
            Names = TensorNames.Gguf,
            Tensors = tensors,
            SpecialTokens = GgufVocabulary.SpecialTokensOf(vocabulary, metadata),
            WriteTokenizer = folder => VocabularyFiles.Write(vocabulary, folder),
            License = metadata.FindString("general.license"),
        };
    }
}
