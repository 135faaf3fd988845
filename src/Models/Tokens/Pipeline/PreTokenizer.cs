using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>A step that cuts normalized text into the pieces that are encoded one by one. Immutable and safe for several threads.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the parts of a piece; none is empty.</summary>
    /// <param name="piece">What to cut.</param>
    /// <param name="first">Whether the piece begins the whole text.</param>
    /// <param name="parts">Where the parts go.</param>
    public abstract void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts);

    /// <summary>Whether what comes out is to be encoded as its bytes.</summary>
    public virtual bool IsByteLevel => false;

    /// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>; null where it has none.</summary>
    /// <exception cref="TokenizerException">A kind is unknown or a field malformed.</exception>
    public static PreTokenizer? FromJson(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.Kind() switch
    {
        var kind => throw JsonFields.Unknown("pre-tokenizer", kind),
    };
}
