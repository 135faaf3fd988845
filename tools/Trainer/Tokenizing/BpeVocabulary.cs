using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trainer.Tokenizing;

/// <summary>A learnt vocabulary.</summary>
/// <param name="Tokens">The bytes of each token; the first 256 are the single bytes.</param>
/// <param name="Merges">The pairs that became tokens, in the order they were learnt; the first makes token 256.</param>
internal sealed record BpeVocabulary(IReadOnlyList<byte[]> Tokens, IReadOnlyList<(int Left, int Right)> Merges)
{
    private static readonly string[] Letters = MakeLetters();
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How what a person may read is written.</summary>
    internal static readonly JsonSerializerOptions Indented = new(Readable) { WriteIndented = true };

    /// <summary>Writes tokenizer.json and tokenizer_config.json as transformers reads them, the special tokens after the others; those that are no <c>&lt;|…|&gt;</c> are part of what is read out, as Qwen 2's tags of tool calls are.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="special">The special tokens.</param>
    /// <param name="end">The one that ends an answer.</param>
    /// <param name="template">The chat template.</param>
    public void Write(string folder, IReadOnlyList<string> special, string end, string template)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = new JsonObject();
        for (var i = 0; i < Tokens.Count; i++) vocabulary[Text(Tokens[i])] = i;
        var added = new JsonArray([.. special.Select((content, i) => (JsonNode)new JsonObject
        {
            ["id"] = Tokens.Count + i, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = content.StartsWith("<|", StringComparison.Ordinal),
        })]);
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = BpeTrainer.Split }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. Merges.Select(pair => (JsonNode)$"{Text(Tokens[pair.Left])} {Text(Tokens[pair.Right])}")]),
            },
        };
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokenizer.ToJsonString(Readable) + "\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject
        {
            ["add_bos_token"] = false,
            ["add_prefix_space"] = false,
            ["chat_template"] = template,
            ["eos_token"] = end,
            ["tokenizer_class"] = "Qwen2Tokenizer",
        }.ToJsonString(Indented) + "\n");
    }

    private static string Text(byte[] token) => string.Concat(token.Select(b => Letters[b]));

    // GPT-2's letters for bytes: printable ones stand for themselves, the others follow from U+0100 on.
    private static string[] MakeLetters()
    {
        var (letters, next) = (new string[256], 256);
        for (var b = 0; b < 256; b++) letters[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? new Rune(b).ToString() : new Rune(next++).ToString();
        return letters;
    }
}
