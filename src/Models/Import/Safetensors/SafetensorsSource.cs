using System.Text.Json;
using Models.Import.Llama2c;
using Models.Import.Sources;
using Models.Import.Weights;
using Models.Tokens;

namespace Models.Import.Safetensors;

/// <summary>Reads a Hugging Face folder (config.json, *.safetensors, tokenizer.json) as a model.</summary>
internal static class SafetensorsSource
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    /// <summary>Opens the folder.</summary>
    /// <exception cref="ImportException">A file is missing or damaged, or the architecture is not supported; the message names it.</exception>
    public static SourceModel Open(string folder)
    {
        var config = ConfigJson.Read(Path.Combine(folder, "config.json"));
        var shape = HuggingFaceShape.Read(config, folder);
        shape.Validate(Path.Combine(folder, "config.json"));
        var writeTokenizer = FindTokenizer(folder, shape.VocabularySize);
        var files = new List<MappedFile>();
        try
        {
            var tensors = ReadTensors(folder, files);
            return new SourceModel(files)
            {
                Path = folder,
                Shape = shape,
                Names = TensorNames.HuggingFace,
                Tensors = tensors,
                SpecialTokens = ReadSpecialTokens(folder, config),
                WriteTokenizer = writeTokenizer,
                License = LicenseFile.Find(folder),
            };
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    private static Dictionary<string, SourceTensor> ReadTensors(string folder, List<MappedFile> files)
    {
        var tensors = new Dictionary<string, SourceTensor>();
        var index = Path.Combine(folder, IndexFile);
        if (!File.Exists(index))
        {
            ReadFile(SingleFile);
            return tensors;
        }

        var shards = ReadIndex(index);
        foreach (var shard in shards.Values.Distinct().Order(StringComparer.Ordinal)) ReadFile(shard);
        var missing = shards.Keys.Where(name => !tensors.ContainsKey(name)).ToList();
        if (missing.Count > 0) throw new ImportException($"{folder} lacks {missing.Count} tensors its index lists, {missing[0]} for one. Fetch it again.");
        return tensors;

        void ReadFile(string name)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) throw new ImportException($"{path} is missing. Fetch the model again.");
            var file = MappedFile.Open(path);
            files.Add(file);
            SafetensorsFile.Read(file, tensors);
        }
    }

    // File names are names within the folder, never paths.
    private static Dictionary<string, string> ReadIndex(string path)
    {
        var map = ConfigJson.Read(path).FindObject("weight_map") ?? throw new ImportException($"{path} lacks weight_map.");
        var shards = new Dictionary<string, string>();
        foreach (var entry in map.Properties)
        {
            if (entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString() is not { Length: > 0 } file || file != Path.GetFileName(file) || file is "." or "..")
                throw new ImportException($"{path} puts {entry.Name} into a file whose name is not a plain file name.");
            shards[entry.Name] = file;
        }
        return shards;
    }

    private static Action<string> FindTokenizer(string folder, int vocabulary)
    {
        if (TokenizerFiles.ExistIn(folder)) return target => TokenizerFiles.Copy(folder, target);
        if (Llama2cSource.FindTokenizerIn(folder, vocabulary) is { } tokens)
            return target => VocabularyFiles.Write(EmbeddedVocabulary.FromLlama2c(tokens, vocabulary), target);
        throw TokenizerFiles.Missing(folder);
    }

    // generation_config.json is the later word; models list more ends of answer there.
    private static SpecialTokens ReadSpecialTokens(string folder, ConfigJson config)
    {
        var path = Path.Combine(folder, "generation_config.json");
        var generation = File.Exists(path) ? ConfigJson.Read(path) : config;
        return new SpecialTokens(First("bos_token_id"), Ids("eos_token_id"), First("pad_token_id"));

        IReadOnlyList<int> Ids(string key) =>
            [.. (generation.Has(key) ? generation : config).Numbers(key).Where(n => n is >= 0 and <= int.MaxValue).Select(n => (int)n)];

        int? First(string key) => Ids(key) is [var id, ..] ? id : null;
    }
}
