using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>Prompts and texts of llama.cpp's own runs: its tokens must be ours, from every form the vocabulary comes in.</summary>
public class GoldenPromptTests
{
    private const string TinyStories = "tinystories-656k", Stories260K = "stories260K";

    [SharedFact("models/golden")]
    public void Encode_TokenizerJson_EqualsGolden() =>
        AssertPrompts(TinyStories, Tokenizer.FromFolder(Shared.Find("models", TinyStories)!));

    [SharedTheory("models/golden")]
    [InlineData(TinyStories)]
    [InlineData(Stories260K)]
    public void Encode_GgufVocabulary_EqualsGolden(string model) =>
        AssertPrompts(model, TokenizerFolder.Load(GgufVocabulary.Read(Shared.Find("models", model, model + "-f32.gguf")!)));

    [SharedFact("models/golden")]
    public void Encode_Llama2cVocabulary_EqualsGolden() =>
        AssertPrompts(Stories260K, TokenizerFolder.Load(EmbeddedVocabulary.FromLlama2c(Shared.Find("models", Stories260K, "tok512.bin")!, 512)));

    private static void AssertPrompts(string model, Tokenizer tokenizer)
    {
        var golden = JsonNode.Parse(File.ReadAllText(Shared.Find("models", "golden", model + "-f32-greedy.json")!))!;
        var cases = golden["cases"]!.AsArray();
        Assert.NotEmpty(cases);
        foreach (var one in cases)
        {
            var expected = one!["prompt_tokens"]!.AsArray().Select(id => (int)id!);
            Assert.Equal(expected, tokenizer.Encode((string)one["prompt"]!));
        }
    }
}
