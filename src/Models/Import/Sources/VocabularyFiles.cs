using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Tokens;

namespace Models.Import.Sources;

/// <summary>Writes an embedded vocabulary as the tokenizer files of a model folder.</summary>
internal static class VocabularyFiles
{
    /// <summary>Writes tokenizer.json and tokenizer_config.json.</summary>
    /// <exception cref="TokenizerException">The vocabulary is of an unknown kind, or its lists disagree.</exception>
    public static void Write(EmbeddedVocabulary vocabulary, string folder)
    {
        var (tokenizer, config) = vocabulary.ToTokenizerJson();
        Write(tokenizer, Path.Combine(folder, "tokenizer.json"));
        Write(config, Path.Combine(folder, "tokenizer_config.json"));
    }

    private static void Write(JsonObject json, string path)
    {
        using var file = File.Create(path);
        using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteTo(writer);
    }
}
