using System.Text;
using Models.Tokens;

namespace Models.Tests.Tokens;

/// <summary>The tokenizer keys of a GGUF file, read by the specification and independently of the product's own reader.</summary>
internal static class GgufVocabulary
{
    public static EmbeddedVocabulary Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        reader.ReadBytes(8); // magic, version
        reader.ReadInt64();
        var keys = new Dictionary<string, object>();
        for (var count = reader.ReadInt64(); count > 0; count--)
            keys[Text(reader)] = Value(reader, reader.ReadInt32());
        return new()
        {
            Kind = (string)keys["tokenizer.ggml.model"],
            Tokens = List<string>(keys, "tokens"),
            Scores = List<float>(keys, "scores"),
            Types = List<int>(keys, "token_type"),
            Bos = (int)(uint)keys["tokenizer.ggml.bos_token_id"],
            Eos = (int)(uint)keys["tokenizer.ggml.eos_token_id"],
            Unknown = (int)(uint)keys["tokenizer.ggml.unknown_token_id"],
            AddBos = (bool)keys["tokenizer.ggml.add_bos_token"],
            AddEos = (bool)keys["tokenizer.ggml.add_eos_token"],
            AddSpacePrefix = keys.TryGetValue("tokenizer.ggml.add_space_prefix", out var prefix) ? (bool)prefix : null,
        };
    }

    private static T[] List<T>(Dictionary<string, object> keys, string name) => [.. ((object[])keys["tokenizer.ggml." + name]).Cast<T>()];

    private static string Text(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static object Value(BinaryReader reader, int type)
    {
        switch (type)
        {
            case 4: return reader.ReadUInt32();
            case 5: return reader.ReadInt32();
            case 6: return reader.ReadSingle();
            case 7: return reader.ReadByte() != 0;
            case 8: return Text(reader);
            case 9:
                var element = reader.ReadInt32();
                var items = new object[reader.ReadInt64()];
                for (var i = 0; i < items.Length; i++)
                    items[i] = Value(reader, element);
                return items;
            default: throw new InvalidDataException($"type {type} is not among those of the files here");
        }
    }
}
