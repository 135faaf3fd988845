using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using TestKit;

namespace Models.Tests.Import.Safetensors;

/// <summary>Writes Hugging Face folders of small llama-shaped models with seeded weights.</summary>
internal static class SafetensorsFolder
{
    public const int Hidden = 64, Heads = 4, KvHeads = 2, FeedForward = 96, Vocabulary = 300;

    /// <summary>config.json of the model <see cref="Tensors"/> makes.</summary>
    public static JsonObject Config(string type = "llama") => new()
    {
        ["model_type"] = type,
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = FeedForward,
        ["num_hidden_layers"] = 1,
        ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KvHeads,
        ["vocab_size"] = Vocabulary,
        ["max_position_embeddings"] = 128,
        ["rms_norm_eps"] = 1e-5,
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = 1,
        ["eos_token_id"] = 2,
    };

    /// <summary>Names and shapes of a llama model of one layer.</summary>
    public static List<(string Name, long[] Shape)> Tensors() =>
    [
        ("model.embed_tokens.weight", [Vocabulary, Hidden]),
        ("model.norm.weight", [Hidden]),
        ("model.layers.0.input_layernorm.weight", [Hidden]),
        ("model.layers.0.post_attention_layernorm.weight", [Hidden]),
        ("model.layers.0.self_attn.q_proj.weight", [Hidden, Hidden]),
        ("model.layers.0.self_attn.k_proj.weight", [Hidden / 2, Hidden]),
        ("model.layers.0.self_attn.v_proj.weight", [Hidden / 2, Hidden]),
        ("model.layers.0.self_attn.o_proj.weight", [Hidden, Hidden]),
        ("model.layers.0.mlp.gate_proj.weight", [FeedForward, Hidden]),
        ("model.layers.0.mlp.up_proj.weight", [FeedForward, Hidden]),
        ("model.layers.0.mlp.down_proj.weight", [Hidden, FeedForward]),
    ];

    /// <summary>Writes the whole folder, all tensors in one file.</summary>
    public static void Write(string folder, JsonObject? config = null, List<(string Name, long[] Shape)>? tensors = null, string dtype = "F32")
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), (config ?? Config()).ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}");
        WriteFile(Path.Combine(folder, "model.safetensors"), tensors ?? Tensors(), dtype);
    }

    /// <summary>Writes one .safetensors file.</summary>
    public static void WriteFile(string path, List<(string Name, long[] Shape)> tensors, string dtype = "F32")
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var random = new SeededRandom(9);
        using var data = new MemoryStream();
        foreach (var (name, shape) in tensors)
        {
            var start = data.Position;
            for (var i = shape.Aggregate(1L, (a, b) => a * b); i > 0; i--)
            {
                var number = 0.1f * random.NextSigned();
                data.Write(dtype switch
                {
                    "F32" => BitConverter.GetBytes(number),
                    "F16" => BitConverter.GetBytes((Half)number),
                    _ => MemoryMarshal.AsBytes(new[] { (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16) }.AsSpan()).ToArray(),
                });
            }
            header[name] = new JsonObject
            {
                ["dtype"] = dtype,
                ["shape"] = new JsonArray([.. shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(start, data.Position),
            };
        }
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var file = File.Create(path);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        data.WriteTo(file);
    }
}
