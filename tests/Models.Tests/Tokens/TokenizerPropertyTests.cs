using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Models.Tokens;
using Models.Tokens.Unicode;

namespace Models.Tests.Tokens;

public class TokenizerPropertyTests
{
    /// <summary>Byte-level and nothing rewritten: every well-formed text comes back exactly, whatever special tokens it spells.</summary>
    [Theory]
    [InlineData("llama3")]
    [InlineData("o200k")]
    [InlineData("smollm")]
    public void DecodeOfEncode_ByteLevel_IsTheText(string name) =>
        AssertRoundTrip(ReferenceTokenizers.Load(name), text => text);

    /// <summary>Byte-level with NFC: the text's NFC comes back.</summary>
    [Fact]
    public void DecodeOfEncode_ByteLevelWithNfc_IsTheNormalizedText() =>
        AssertRoundTrip(ReferenceTokenizers.Load("qwen"), text => UnicodeNormalizer.Normalize(text, compose: true, compatibility: false));

    /// <summary>
    /// SentencePiece-style with all byte tokens, and no added token in the text (the text between two gets a space of its own):
    /// the text comes back, but for U+2581, which is how such vocabularies spell a space.
    /// </summary>
    [Fact]
    public void DecodeOfEncode_SentencePieceWithByteFallback_IsTheText() =>
        AssertRoundTrip(ReferenceTokenizers.Load("llama2"), text => text.Replace('\u2581', ' '));

    [Fact]
    public void Encode_UnpairedSurrogates_AreReplacementCharacters()
    {
        var tokenizer = ReferenceTokenizers.Load("llama3");
        Prop.ForAll(Texts.Any, text =>
        {
            var replaced = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(tokenizer.Encode(replaced), tokenizer.Encode(text));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(EveryTokenizer))]
    public void Encode_SpecialTokensNotParsed_YieldsNone(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        var specials = Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).Select(tokenizer.GetToken).ToArray();
        if (specials.Length == 0)
            return;
        var unknown = name.StartsWith("unknown", StringComparison.Ordinal) || name == "bert"; // there the unknown token is what texts may well become
        var texts = Gen.Frequency((1, Gen.Elements(specials)), (1, Texts.WellFormed.Generator)).ListOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text =>
            tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false).All(id => !tokenizer.IsSpecial(id) || (unknown && tokenizer.GetToken(id) is "<unk>" or "[UNK]")))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(EveryTokenizer))]
    public void Encode_AnyText_YieldsIdsOfTheVocabulary(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        Prop.ForAll(Texts.Any, text => tokenizer.Encode(text).All(id => id >= 0 && id < tokenizer.VocabularySize && tokenizer.GetToken(id).Length > 0))
            .QuickCheckThrowOnFailure();
    }

    public static TheoryData<string> EveryTokenizer() => [.. ReferenceTokenizers.Names];

    private static void AssertRoundTrip(Tokenizer tokenizer, Func<string, string> expected) =>
        Prop.ForAll(Texts.WellFormed, text =>
            Assert.Equal(expected(text), tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false), skipSpecialTokens: false)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
