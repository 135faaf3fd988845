using System.Text;
using System.Text.Json.Nodes;
using Models.Tokens;

namespace Models.Tests.Tokens;

/// <summary>A tokenizer written to a folder for a test, which is removed again at once: a tokenizer keeps nothing open.</summary>
internal static class TokenizerFolder
{
    public static Tokenizer Load(JsonObject tokenizer, JsonObject? config = null) => Load(tokenizer.ToJsonString(), config?.ToJsonString());

    public static Tokenizer Load(string tokenizer, string? config = null) => Load(Encoding.UTF8.GetBytes(tokenizer), config);

    public static Tokenizer Load(byte[] tokenizer, string? config = null)
    {
        var folder = Directory.CreateTempSubdirectory("tokenizer");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "tokenizer.json"), tokenizer);
            if (config is not null)
                File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), config);
            return Tokenizer.FromFolder(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static Tokenizer Load(EmbeddedVocabulary vocabulary)
    {
        var (tokenizer, config) = vocabulary.ToTokenizerJson();
        return Load(tokenizer, config);
    }
}
