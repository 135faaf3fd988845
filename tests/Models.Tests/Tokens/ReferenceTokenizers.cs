using System.Text.Json;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>The small tokenizers of Reference/hf-tokenizers.json, by name: one of each family.</summary>
internal static class ReferenceTokenizers
{
    public static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(Repository.Root, "tests", "Models.Tests", "Tokens", "Reference", "hf-tokenizers.json"))).RootElement;

    public static IEnumerable<string> Names => Golden.GetProperty("tokenizers").EnumerateArray().Select(one => one.GetProperty("name").GetString()!);

    public static JsonElement Find(string name) =>
        Golden.GetProperty("tokenizers").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

    public static string Json(string name) => Find(name).GetProperty("json").GetRawText();

    public static Tokenizer Load(string name) => TokenizerFolder.Load(Json(name));
}
