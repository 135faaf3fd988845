using System.Text;
using System.Text.Json;
using Models.Tokens.Pipeline;
using Models.Tokens.Unicode;

namespace Models.Tokens.Splitting;

/// <summary>A step that cuts normalized text into the pieces that are encoded one by one. Immutable and safe for several threads.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the parts of a piece; none is empty.</summary>
    /// <param name="piece">What to cut; not empty.</param>
    /// <param name="first">Whether the piece begins the whole text.</param>
    /// <param name="parts">Where the parts go.</param>
    public abstract void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts);

    /// <summary>Whether what comes out is to be encoded as its bytes.</summary>
    public virtual bool IsByteLevel => false;

    /// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>; null where it has none.</summary>
    /// <exception cref="TokenizerException">A kind is unknown or a field malformed.</exception>
    public static PreTokenizer? FromJson(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.Kind() switch
    {
        "Sequence" => new SequencePreTokenizer([.. json.Items("pretokenizers").Select(FromJson).OfType<PreTokenizer>()]),
        "ByteLevel" => new ByteLevelPreTokenizer(json.Flag("add_prefix_space") ?? true, json.Flag("use_regex") ?? true),
        "Split" => new SplitPreTokenizer(TextPattern.FromJson(json), Behavior(json.Text("behavior")), json.Flag("invert") ?? false),
        "Metaspace" => new MetaspacePreTokenizer(Metaspace.FromJson(json), json.Flag("split") ?? true),
        "BertPreTokenizer" => new SequencePreTokenizer([At(CharacterClasses.IsSpace, SplitBehavior.Removed), At(CharacterClasses.IsPunctuation, SplitBehavior.Isolated)]),
        "Whitespace" => new SplitPreTokenizer(new WordOrSymbolScanner(), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => At(CharacterClasses.IsSpace, SplitBehavior.Removed),
        "Punctuation" => At(CharacterClasses.IsPunctuation, json.Field("behavior") is null ? SplitBehavior.Isolated : Behavior(json.Text("behavior"))),
        "Digits" => At(CharacterClasses.IsNumber, json.Flag("individual_digits") ?? false ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        var kind => throw JsonFields.Unknown("pre-tokenizer", kind),
    };

    private static SplitPreTokenizer At(Func<Rune, bool> characters, SplitBehavior behavior) => new(new CharacterPattern(characters), behavior, invert: false);

    private static SplitBehavior Behavior(string name) => name switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw JsonFields.Unknown("split behavior", name),
    };
}
