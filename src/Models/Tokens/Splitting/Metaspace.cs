using System.Text.Json;
using Models.Tokens.Pipeline;

namespace Models.Tokens.Splitting;

/// <summary>Where the visible space goes in front of a text.</summary>
internal enum MetaspacePrepend
{
    /// <summary>Of every piece that lacks it.</summary>
    Always,

    /// <summary>Of the piece that begins the whole text, if it lacks it.</summary>
    First,

    /// <summary>Of none.</summary>
    Never,
}

/// <summary>How a tokenizer makes spaces visible; the settings of the pre-tokenizer and of the decoder of that name.</summary>
/// <param name="Replacement">The visible character.</param>
/// <param name="Prepend">Where it goes in front.</param>
internal sealed record Metaspace(char Replacement, MetaspacePrepend Prepend)
{
    /// <summary>Reads the settings; older files say <c>add_prefix_space</c> and no scheme.</summary>
    /// <exception cref="TokenizerException">A field is malformed.</exception>
    public static Metaspace FromJson(JsonElement json) => new(
        json.Text("replacement") is [var character] ? character : throw JsonFields.Malformed("replacement", "one character"),
        json.Field("prepend_scheme") is null
            ? json.Flag("add_prefix_space") ?? true ? MetaspacePrepend.Always : MetaspacePrepend.Never
            : json.Text("prepend_scheme") switch
            {
                "always" => MetaspacePrepend.Always,
                "first" => MetaspacePrepend.First,
                "never" => MetaspacePrepend.Never,
                var scheme => throw JsonFields.Unknown("prepend scheme", scheme),
            });
}
