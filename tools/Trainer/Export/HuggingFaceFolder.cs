using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Export;

/// <summary>Writes and reads a decoder as transformers keeps a Llama: config.json and model.safetensors in float16, half as large and finer than what the appliance quantizes to. The tokenizer is written beside it by whoever made it.</summary>
internal static unsafe class HuggingFaceFolder
{
    /// <summary>Writes both files.</summary>
    public static void Write(string folder, DecoderShape shape, ParameterTable table, FloatBlock weights)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["hidden_act"] = "silu",
            ["vocab_size"] = shape.Vocabulary,
            ["hidden_size"] = shape.Width,
            ["intermediate_size"] = shape.FeedForward,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["num_key_value_heads"] = shape.KvHeads,
            ["head_dim"] = shape.HeadSize,
            ["max_position_embeddings"] = shape.Context,
            ["rms_norm_eps"] = shape.Epsilon,
            ["rope_theta"] = shape.RopeBase,
            ["tie_word_embeddings"] = true,
            ["torch_dtype"] = "float16",
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        WriteTensors(Path.Combine(folder, "model.safetensors"), [.. Tensors(shape, table)], weights);
    }

    /// <summary>Reads weights that <see cref="Write"/> wrote, of a shape that may have another vocabulary and fewer layers.</summary>
    /// <exception cref="InvalidDataException">The file has not what the shape needs.</exception>
    public static (ParameterTable Table, FloatBlock Weights) Read(string folder, DecoderShape shape)
    {
        var path = Path.Combine(folder, "model.safetensors");
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var text = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(text);
        using var head = JsonDocument.Parse(text);
        var layers = 0;
        while (head.RootElement.TryGetProperty($"model.layers.{layers}.input_layernorm.weight", out _)) layers++;
        if (layers == 0 || layers > shape.Layers) throw new InvalidDataException($"{path} has {layers} layers, the plan {shape.Layers}.");
        shape = shape with { Vocabulary = Of("model.embed_tokens.weight").GetProperty("shape")[0].GetInt32(), Layers = layers };
        var table = new ParameterTable(shape);
        var weights = new FloatBlock(table.Length);
        foreach (var tensor in Tensors(shape, table))
        {
            var there = Of(tensor.Name);
            if (there.GetProperty("dtype").GetString() != "F16" || !there.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()).SequenceEqual(tensor.Shape)) throw new InvalidDataException($"{path}: {tensor.Name} has another shape or type.");
            var numbers = new Half[tensor.Length];
            file.Position = 8 + text.Length + there.GetProperty("data_offsets")[0].GetInt64();
            file.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
            tensor.Write([.. numbers.Select(number => (float)number)], weights);
        }
        return (table, weights);

        JsonElement Of(string name) => head.RootElement.TryGetProperty(name, out var there) ? there : throw new InvalidDataException($"{path} has no {name}.");
    }

    // Ours are [in, out] and lie side by side where they are used together; theirs are [out, in], each by itself.
    private static IEnumerable<ExportTensor> Tensors(DecoderShape shape, ParameterTable table)
    {
        var (queries, keys) = (shape.AttentionWidth, shape.KvHeads * shape.HeadSize);
        yield return new("model.embed_tokens.weight", table.Embedding);
        for (var i = 0; i < shape.Layers; i++)
        {
            var (layer, name) = (table.Layers[i], $"model.layers.{i}");
            yield return new($"{name}.input_layernorm.weight", layer.AttentionGain);
            yield return new($"{name}.self_attn.q_proj.weight", layer.Qkv, 0, queries);
            yield return new($"{name}.self_attn.k_proj.weight", layer.Qkv, queries, keys);
            yield return new($"{name}.self_attn.v_proj.weight", layer.Qkv, queries + keys, keys);
            yield return new($"{name}.self_attn.o_proj.weight", layer.AttentionOut, 0, shape.Width);
            yield return new($"{name}.post_attention_layernorm.weight", layer.FeedGain);
            yield return new($"{name}.mlp.gate_proj.weight", layer.GateUp, 0, shape.FeedForward);
            yield return new($"{name}.mlp.up_proj.weight", layer.GateUp, shape.FeedForward, shape.FeedForward);
            yield return new($"{name}.mlp.down_proj.weight", layer.Down, 0, shape.Width);
        }
        yield return new("model.norm.weight", table.FinalGain);
    }

    private static void WriteTensors(string path, ExportTensor[] tensors, FloatBlock weights)
    {
        var (head, end) = (new JsonObject(), 0L);
        foreach (var tensor in tensors)
        {
            head[tensor.Name] = new JsonObject { ["dtype"] = "F16", ["shape"] = new JsonArray([.. tensor.Shape.Select(n => (JsonNode)n)]), ["data_offsets"] = new JsonArray(end, end + tensor.Length * sizeof(ushort)) };
            end += tensor.Length * sizeof(ushort);
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(head);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        file.Write(length);
        file.Write(text);
        foreach (var tensor in tensors) file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<Half>([.. tensor.Read(weights).Select(number => (Half)number)]));
    }
}
