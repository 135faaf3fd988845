using System.Globalization;
using System.Text;
using System.Text.Json;
using Models.Tokens.Pipeline;
using Models.Tokens.Unicode;

namespace Models.Tokens.Normalizing;

/// <summary>BERT's basic tokenizer up to the splitting (Devlin et al. 2018, and their code): clean, set CJK apart, strip accents, lower.</summary>
internal sealed class BertNormalizer(bool cleanText, bool separateChinese, bool stripAccents, bool lowercase) : Normalizer
{
    /// <summary>Reads the step.</summary>
    /// <exception cref="TokenizerException">A field is malformed.</exception>
    public static new BertNormalizer FromJson(JsonElement json)
    {
        var lowercase = json.Flag("lowercase") ?? true;
        return new(json.Flag("clean_text") ?? true, json.Flag("handle_chinese_chars") ?? true, json.Flag("strip_accents") ?? lowercase, lowercase);
    }

    /// <inheritdoc/>
    public override string Apply(string text)
    {
        if (cleanText)
            text = TextEdits.Map(text, (rune, result) =>
            {
                if (rune.Value != 0xFFFD && !IsControl(rune))
                    result.Append(CharacterClasses.IsSpace(rune) ? " " : rune.ToString());
            });
        if (separateChinese)
            text = TextEdits.Map(text, (rune, result) => result.Append(IsChinese(rune.Value) ? $" {rune} " : rune.ToString()));
        if (stripAccents)
            text = TextEdits.Remove(UnicodeNormalizer.Normalize(text, compose: false, compatibility: false),
                rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark);
        return lowercase ? TextEdits.ToLower(text) : text;
    }

    private static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static bool IsChinese(int point) => point
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
