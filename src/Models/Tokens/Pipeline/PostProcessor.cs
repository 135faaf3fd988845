using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>The special tokens that go before and after an encoded text. Immutable and safe for several threads.</summary>
/// <param name="Prefix">Ids in front.</param>
/// <param name="Suffix">Ids behind.</param>
internal sealed record PostProcessor(int[] Prefix, int[] Suffix)
{
    /// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>; null where it has none that speaks of special tokens.</summary>
    /// <exception cref="TokenizerException">The kind is unknown or a field malformed.</exception>
    public static PostProcessor? FromJson(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return null;
        switch (json.Kind())
        {
            case "ByteLevel": // moves offsets only
                return null;
            case "BertProcessing" or "RobertaProcessing":
                return new([NamedToken(json, "cls")], [NamedToken(json, "sep")]);
            case "TemplateProcessing":
                return FromTemplate(json);
            case "Sequence":
                PostProcessor? all = null;
                foreach (var step in json.Items("processors"))
                    if (FromJson(step) is { } next) // a later one wraps what the earlier ones made
                        all = all is null ? next : new([.. next.Prefix, .. all.Prefix], [.. all.Suffix, .. next.Suffix]);
                return all;
            case var kind:
                throw JsonFields.Unknown("post-processor", kind);
        }
    }

    private static PostProcessor FromTemplate(JsonElement json)
    {
        var tokens = json.Field("special_tokens");
        List<int> prefix = [], suffix = [];
        var texts = 0;
        foreach (var piece in json.Items("single"))
        {
            if (piece.Field("Sequence") is not null)
                texts++;
            else if (piece.Field("SpecialToken") is { } special)
            {
                var ids = tokens?.Field(special.Text("id")) ?? throw JsonFields.Malformed("special_tokens", "complete");
                foreach (var id in ids.Items("ids"))
                    (texts == 0 ? prefix : suffix).Add(Id(id));
            }
            else
                throw JsonFields.Malformed("single", "a list of Sequence and SpecialToken");
        }
        return texts == 1 ? new([.. prefix], [.. suffix]) : throw JsonFields.Malformed("single", "a template with one Sequence");
    }

    // [content, id]
    private static int NamedToken(JsonElement json, string name)
    {
        var pair = json.Items(name).ToArray();
        return pair.Length == 2 ? Id(pair[1]) : throw JsonFields.Malformed(name, "a pair of a token and its id");
    }

    private static int Id(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var id) && id >= 0
        ? id
        : throw JsonFields.Malformed("id", "a token id");
}
