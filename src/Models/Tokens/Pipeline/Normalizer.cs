using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>A step that rewrites text before it is cut into pieces. Immutable and safe for several threads.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites a text.</summary>
    public abstract string Apply(string text);

    /// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>; null where it has none.</summary>
    /// <exception cref="TokenizerException">A kind is unknown or a field malformed.</exception>
    public static Normalizer? FromJson(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.Kind() switch
    {
        "Sequence" => new SequenceNormalizer([.. json.Items("normalizers").Select(step => FromJson(step)).OfType<Normalizer>()]),
        "Prepend" => new PrependNormalizer(json.Text("prepend")),
        "Replace" => new ReplaceNormalizer(json.Field("pattern") ?? throw JsonFields.Malformed("pattern", "there"), json.Text("content")),
        var kind => throw JsonFields.Unknown("normalizer", kind),
    };
}

/// <summary>Several steps, in order.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    public override string Apply(string text)
    {
        foreach (var step in steps)
            text = step.Apply(text);
        return text;
    }
}

/// <summary>Puts a text in front, unless there is nothing to put it in front of.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override string Apply(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces every occurrence of a string.</summary>
internal sealed class ReplaceNormalizer(JsonElement pattern, string content) : Normalizer
{
    private readonly string _search = pattern.Text("String");

    public override string Apply(string text) => text.Replace(_search, content, StringComparison.Ordinal);
}
