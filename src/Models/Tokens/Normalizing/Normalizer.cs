using System.Text.Json;
using Models.Tokens.Pipeline;
using Models.Tokens.Splitting;
using Models.Tokens.Unicode;

namespace Models.Tokens.Normalizing;

/// <summary>A step that rewrites text before it is cut into pieces. Immutable and safe for several threads.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites a text.</summary>
    public abstract string Apply(string text);

    /// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>; null where it has none.</summary>
    /// <exception cref="TokenizerException">A kind is unknown or a field malformed.</exception>
    public static Normalizer? FromJson(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.Kind() switch
    {
        "Sequence" => new SequenceNormalizer([.. json.Items("normalizers").Select(FromJson).OfType<Normalizer>()]),
        "NFC" => new TextNormalizer(text => UnicodeNormalizer.Normalize(text, compose: true, compatibility: false)),
        "NFD" => new TextNormalizer(text => UnicodeNormalizer.Normalize(text, compose: false, compatibility: false)),
        "NFKC" => new TextNormalizer(text => UnicodeNormalizer.Normalize(text, compose: true, compatibility: true)),
        "NFKD" => new TextNormalizer(text => UnicodeNormalizer.Normalize(text, compose: false, compatibility: true)),
        "Lowercase" => new TextNormalizer(TextEdits.ToLower),
        "StripAccents" => new TextNormalizer(text => TextEdits.Remove(text, CharacterClasses.IsMark)),
        "Strip" => Strip(json.Flag("strip_left") ?? true, json.Flag("strip_right") ?? true),
        "Prepend" => Prepend(json.Text("prepend")),
        "Replace" => new ReplaceNormalizer(TextPattern.FromJson(json), json.Text("content")),
        "BertNormalizer" => BertNormalizer.FromJson(json),
        var kind => throw JsonFields.Unknown("normalizer", kind),
    };

    private static TextNormalizer Strip(bool left, bool right) => new(text => (left, right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    });

    private static TextNormalizer Prepend(string prefix) => new(text => text.Length == 0 ? text : prefix + text);
}

/// <summary>Several steps, in order.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    /// <inheritdoc/>
    public override string Apply(string text) => steps.Aggregate(text, (current, step) => step.Apply(current));
}

/// <summary>A step that is one function.</summary>
internal sealed class TextNormalizer(Func<string, string> apply) : Normalizer
{
    /// <inheritdoc/>
    public override string Apply(string text) => apply(text);
}

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    /// <inheritdoc/>
    public override string Apply(string text)
    {
        var result = new System.Text.StringBuilder(text.Length);
        var done = 0;
        foreach (var (start, end) in pattern.Find(text))
        {
            result.Append(text, done, start - done).Append(content);
            done = end;
        }
        return done == 0 ? text : result.Append(text, done, text.Length - done).ToString();
    }
}
