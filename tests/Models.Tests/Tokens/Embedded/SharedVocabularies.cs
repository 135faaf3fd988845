using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens.Embedded;

/// <summary>Vocabularies as GGUF files have them, of the reference tokenizers and models.</summary>
internal static class SharedVocabularies
{
    public static EmbeddedVocabulary Find(string name) => name switch
    {
        "phi-3-mini" => Phi3(),
        "stories260K.bin" => EmbeddedVocabulary.FromLlama2c(Shared.Find("models", "stories260K", "tok512.bin")!, 512),
        _ => GgufVocabulary.Read(Shared.Find("models", name, name + "-f32.gguf")!),
    };

    /// <summary>
    /// Llama 2's pieces. Their scores fall with the rank of the first merge that makes them; runs of spaces, which were put in by
    /// hand, share the lowest.
    /// </summary>
    private static EmbeddedVocabulary Phi3()
    {
        var (tokens, types, merges) = Read("phi-3-mini");
        var ranks = new Dictionary<string, int>();
        for (var rank = 0; rank < merges.Length; rank++)
            ranks.TryAdd(merges[rank].Replace(" ", ""), rank);
        return new()
        {
            Kind = "llama",
            Tokens = tokens,
            Types = [.. types.Select((type, id) => id == 0 ? 2 : id is 1 or 2 ? 3 : id < 259 ? 6 : type)],
            Scores = [.. tokens.Select((token, id) => id is < 259 or >= 32000 ? 0f : token.Trim('\u2581').Length == 0 ? -1e9f : -ranks.GetValueOrDefault(token, merges.Length))],
            Unknown = 0,
            Bos = 1,
            Eos = 32000,
            AddBos = false,
        };
    }

    public static EmbeddedVocabulary Qwen2()
    {
        var (tokens, types, merges) = Read("qwen2");
        return new() { Kind = "gpt2", PreTokenizer = "qwen2", Tokens = tokens, Types = types, Merges = merges, Eos = 151645, Pad = 151643 };
    }

    private static (string[] Tokens, int[] Types, string[] Merges) Read(string name)
    {
        var json = JsonNode.Parse(File.ReadAllText(Shared.Find("tokenizers", name, "tokenizer.json")!))!;
        var vocabulary = json["model"]!["vocab"]!.AsObject().ToDictionary(token => (int)token.Value!, token => token.Key);
        var added = json["added_tokens"]!.AsArray().ToDictionary(token => (int)token!["id"]!, token => (string)token!["content"]!);
        var size = Math.Max(vocabulary.Keys.Max(), added.Keys.Max()) + 1;
        return (
            [.. Enumerable.Range(0, size).Select(id => added.GetValueOrDefault(id) ?? vocabulary[id])],
            [.. Enumerable.Range(0, size).Select(id => added.ContainsKey(id) ? 3 : 1)],
            [.. json["model"]!["merges"]!.AsArray().Select(merge => (string)merge!)]);
    }
}
