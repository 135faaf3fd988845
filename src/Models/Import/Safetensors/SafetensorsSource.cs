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

    // What a tokenizer and its chat template consist of; all but the first are optional.
    private static readonly string[] TokenizerFiles =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja"];

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
        if (File.Exists(Path.Combine(folder, TokenizerFiles[0])))
        {
            return target =>
            {
                foreach (var name in TokenizerFiles.Where(name => File.Exists(Path.Combine(folder, name))))
                    File.Copy(Path.Combine(folder, name), Path.Combine(target, name));
            };
        }
        if (Llama2cSource.FindTokenizerIn(folder, vocabulary) is { } tokens)
            return target => VocabularyFiles.Write(EmbeddedVocabulary.FromLlama2c(tokens, vocabulary), target);
        throw new ImportException(
            $"{folder} has no tokenizer.json. Fetch it with the model; where only tokenizer.model is published, "
            + "AutoTokenizer.from_pretrained(…).save_pretrained(…) of Python's transformers makes one.");
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
