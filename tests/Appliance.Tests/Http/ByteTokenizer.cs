using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>The plainest real tokenizer: a token per byte of UTF-8, id = byte + 3, and BOS in front.</summary>
internal static class ByteTokenizer
{
    public const int Bos = 1;

    public static Tokenizer Create()
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = Bos, ["</s>"] = 2 };
        for (var b = 0; b < 256; b++) vocabulary[$"<0x{b:X2}>"] = b + 3;
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([Special(0, "<unk>"), Special(Bos, "<s>"), Special(2, "</s>")]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(
                    new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = "<s>", ["type_id"] = 0 } },
                    new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
                ["pair"] = new JsonArray(),
                ["special_tokens"] = new JsonObject
                {
                    ["<s>"] = new JsonObject { ["id"] = "<s>", ["ids"] = new JsonArray(Bos), ["tokens"] = new JsonArray("<s>") },
                },
            },
            ["decoder"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["decoders"] = new JsonArray(new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" }),
            },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], tokenizer.ToJsonString());
        File.WriteAllText(folder["tokenizer_config.json"], """{"bos_token":"<s>","eos_token":"</s>","unk_token":"<unk>"}""");
        return Tokenizer.FromFolder(folder.Path);
    }

    private static JsonObject Special(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
