using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TestKit;

namespace Models.Tests.Tokens;

public class StreamingDetokenizerTests
{
    /// <summary>Any ids at all, those of half characters and of nothing included.</summary>
    [Theory]
    [MemberData(nameof(EveryTokenizer))]
    public void Append_AnyTokens_NeverHalfACharacterAndInAllTheBytes(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        var ids = Gen.Choose(-1, tokenizer.VocabularySize).ListOf().ToArbitrary();
        Prop.ForAll(ids, tokens =>
        {
            var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: false, continues: true);
            var text = new StringBuilder();
            foreach (var piece in (string[])[.. tokens.Select(detokenizer.Append), detokenizer.Flush()])
            {
                Assert.All(piece.EnumerateRunes().ToArray(), rune => Assert.True(Rune.IsValid(rune.Value)));
                Assert.Equal(piece, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(piece))); // no surrogate without its other half
                text.Append(piece);
            }
            byte[] bytes = [.. tokens.SelectMany(token => tokenizer.GetTokenBytes(token).ToArray())];
            Assert.Equal(Encoding.UTF8.GetString(bytes), text.ToString());
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(EveryTokenizer))]
    public void Append_EncodedText_InAllEqualsDecode(string name)
    {
        var tokenizer = ReferenceTokenizers.Load(name);
        Prop.ForAll(Texts.WellFormed, text =>
        {
            var tokens = tokenizer.Encode(text);
            var detokenizer = tokenizer.CreateDetokenizer();
            Assert.Equal(tokenizer.Decode(tokens), string.Concat(tokens.Select(detokenizer.Append)) + detokenizer.Flush());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Append_CharacterOverSeveralTokens_WaitsForItsLast()
    {
        var tokenizer = ReferenceTokenizers.Load("llama2");
        int[] rocket = [.. Encoding.UTF8.GetBytes("\U0001F680").Select(value => tokenizer.FindToken($"<0x{value:X2}>")!.Value)];
        var detokenizer = tokenizer.CreateDetokenizer();
        Assert.Equal(["", "", "", "\U0001F680"], rocket.Select(detokenizer.Append));
        Assert.Equal("", detokenizer.Flush());
    }

    [Fact]
    public void Append_BytesThatAreNoCharacter_AreReplacedOnceThatIsCertain()
    {
        var tokenizer = ReferenceTokenizers.Load("llama2");
        int[] tokens = [tokenizer.FindToken("<0xF0>")!.Value, tokenizer.FindToken("<0x9F>")!.Value, tokenizer.FindToken("a")!.Value, tokenizer.FindToken("<0xC3>")!.Value];
        var detokenizer = tokenizer.CreateDetokenizer();
        Assert.Equal(["", "", "\uFFFDa", ""], tokens.Select(detokenizer.Append));
        Assert.Equal("\uFFFD", detokenizer.Flush());
    }

    /// <summary>What llama.cpp generated after a prompt: the space of its first word stays.</summary>
    [SharedTheory("models/golden")]
    [InlineData("tinystories-656k")]
    [InlineData("stories260K")]
    public void Append_GoldenTokensAfterPrompt_AreTheGoldenText(string model)
    {
        var tokenizer = TokenizerFolder.Load(GgufVocabulary.Read(Shared.Find("models", model, model + "-f32.gguf")!));
        var golden = JsonNode.Parse(File.ReadAllText(Shared.Find("models", "golden", model + "-f32-greedy.json")!))!;
        foreach (var one in golden["cases"]!.AsArray())
        {
            var detokenizer = tokenizer.CreateDetokenizer(continues: true);
            var text = string.Concat(one!["tokens"]!.AsArray().Select(id => detokenizer.Append((int)id!))) + detokenizer.Flush();
            Assert.Equal((string)one["text"]!, text);
        }
    }

    public static TheoryData<string> EveryTokenizer() => [.. ReferenceTokenizers.Names];
}
