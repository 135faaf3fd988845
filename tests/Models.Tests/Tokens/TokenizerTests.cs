using System.Text;
using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

public class TokenizerTests
{
    [SharedTheory("tokenizers")]
    [InlineData("qwen2", 151665, null, "<|im_end|>")]
    [InlineData("phi-3-mini", 32011, "<s>", "<|endoftext|>")]
    public void FromFolder_PublishedTokenizer_HasItsTokens(string name, int size, string? bos, string eos)
    {
        var tokenizer = Tokenizer.FromFolder(Shared.Find("tokenizers", name)!);
        Assert.Equal(size, tokenizer.VocabularySize);
        Assert.Equal(bos, tokenizer.BosToken is { } id ? tokenizer.GetToken(id) : null);
        Assert.Equal(eos, tokenizer.GetToken(tokenizer.EosToken!.Value));
        Assert.True(tokenizer.IsSpecial(tokenizer.FindToken(eos)!.Value));
        Assert.Null(tokenizer.FindToken("no such token"));
        for (var token = 0; token < size; token++)
            Assert.Equal(token, tokenizer.FindToken(tokenizer.GetToken(token)));
    }

    [Theory]
    [InlineData("\"<s>\"")]
    [InlineData("{\"content\":\"<s>\",\"lstrip\":false}")]
    public void BosToken_StringOrObject_IsFound(string bos)
    {
        var tokenizer = TokenizerFolder.Load(ReferenceTokenizers.Json("llama2"), $$"""{"bos_token":{{bos}},"eos_token":null}""");
        Assert.Equal(tokenizer.FindToken("<s>"), tokenizer.BosToken);
        Assert.Null(tokenizer.EosToken);
    }

    /// <summary>The flags of tokenizer_config.json hold where tokenizer.json has no post-processor that speaks of special tokens.</summary>
    [Theory]
    [InlineData("qwen", true)]    // post-processor ByteLevel: moves offsets only
    [InlineData("smollm", true)]  // none
    [InlineData("o200k", false)]  // a template that adds EOS only
    public void Encode_AddBosInConfig_HoldsWhereTheFileIsSilent(string name, bool added)
    {
        var tokenizer = TokenizerFolder.Load(ReferenceTokenizers.Json(name), """{"bos_token":"<s>","eos_token":"</s>","add_bos_token":true,"add_eos_token":true}""");
        var ids = tokenizer.Encode("hello");
        Assert.Equal(added, ids[0] == tokenizer.BosToken);
        Assert.Equal(tokenizer.EosToken, ids[^1]);
        Assert.DoesNotContain(tokenizer.BosToken!.Value, tokenizer.Encode("hello", addSpecialTokens: false));
    }

    [Fact]
    public void GetTokenBytes_ByteLevel_AreTheBytesSpelled()
    {
        var tokenizer = ReferenceTokenizers.Load("llama3");
        Assert.Equal(" the"u8, tokenizer.GetTokenBytes(tokenizer.FindToken("Ġthe")!.Value));
        Assert.Equal([0xC3], tokenizer.GetTokenBytes(tokenizer.FindToken("Ã")!.Value).ToArray());
        Assert.Equal("<s>"u8, tokenizer.GetTokenBytes(tokenizer.FindToken("<s>")!.Value));
        Assert.Equal(0, tokenizer.GetTokenBytes(tokenizer.VocabularySize).Length);
    }

    [Fact]
    public void GetTokenBytes_SentencePiece_HaveTheirSpaces()
    {
        var tokenizer = ReferenceTokenizers.Load("llama2");
        Assert.Equal(" the"u8, tokenizer.GetTokenBytes(tokenizer.FindToken("▁the")!.Value));
        Assert.Equal([0xF0], tokenizer.GetTokenBytes(tokenizer.FindToken("<0xF0>")!.Value).ToArray());
    }

    [Fact]
    public void GetTokenBytes_WordPiece_AreThoseInTheMiddleOfAText()
    {
        var tokenizer = ReferenceTokenizers.Load("bert");
        Assert.Equal(" hello"u8, tokenizer.GetTokenBytes(tokenizer.FindToken("hello")!.Value));
        Assert.Equal("able"u8, tokenizer.GetTokenBytes(tokenizer.FindToken("##able")!.Value));
    }

    /// <summary>In a text that is not trusted special tokens are text; tokens that are added but not special stay tokens.</summary>
    [Fact]
    public void Encode_SpecialTokensNotParsed_AddedOnesStillMatch()
    {
        var tokenizer = ReferenceTokenizers.Load("llama3");
        var word = tokenizer.FindToken("<word>")!.Value;
        var ids = tokenizer.Encode("a<s>b <word> <pad>", addSpecialTokens: false, parseSpecialTokens: false);
        Assert.Contains(word, ids);
        Assert.DoesNotContain(ids, tokenizer.IsSpecial);
        Assert.Equal("a<s>b <word> <pad>", tokenizer.Decode(ids));
        Assert.Contains(tokenizer.FindToken("<s>")!.Value, tokenizer.Encode("a<s>b", addSpecialTokens: false));
    }

    /// <summary>The longest of the tokens that begin at a place is taken; where that one is special and not parsed, the next longest.</summary>
    [Fact]
    public void Encode_TokensThatBeginAlike_TakesTheLongest()
    {
        var json = JsonNode.Parse(ReferenceTokenizers.Json("smollm"))!.AsObject();
        var size = json["model"]!["vocab"]!.AsObject().Count;
        json["added_tokens"] = new JsonArray(Added(size, "<|a", false), Added(size + 1, "<|a|>", true));
        var tokenizer = TokenizerFolder.Load(json);
        Assert.Equal([size + 1], tokenizer.Encode("<|a|>"));
        Assert.Equal(size, tokenizer.Encode("<|a|>", parseSpecialTokens: false)[0]);
        Assert.Equal(size, tokenizer.Encode("<|a|")[0]);

        static JsonObject Added(int id, string content, bool special) => new() { ["id"] = id, ["content"] = content, ["special"] = special, ["normalized"] = false };
    }

    [Fact]
    public void Encode_SeveralThreads_GiveTheSameIds()
    {
        var tokenizer = ReferenceTokenizers.Load("qwen");
        string[] texts = [.. ReferenceTokenizers.Golden.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        int[][] expected = [.. texts.Select(text => tokenizer.Encode(text))];
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % texts.Length], tokenizer.Encode(texts[i % texts.Length])));
    }

    /// <summary>A regex without a scanner of ours goes to .NET's engine, to which characters beyond the basic plane must look like letters too.</summary>
    [Fact]
    public void Encode_RegexWithoutScanner_SeesWholeCharacters()
    {
        var json = JsonNode.Parse(ReferenceTokenizers.Json("llama3"))!.AsObject();
        json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = @"\p{L}+|\p{N}+|\p{So}";
        json["model"]!["merges"] = new JsonArray();
        var astral = "\U00010400\U00020000"; // letters
        var spelled = string.Concat(Encoding.UTF8.GetBytes(astral).Select(value => Models.Tokens.Pipeline.ByteAlphabet.Spell([value])));
        json["model"]!["vocab"]![spelled] = 1000; // a token of the whole piece, which ignore_merges takes whole
        var tokenizer = TokenizerFolder.Load(json);
        Assert.Equal([1000], tokenizer.Encode(astral, addSpecialTokens: false));
        Assert.Equal([1000], tokenizer.Encode("\U0001F680" + astral + "\U0001F680", addSpecialTokens: false).Where(id => id == 1000));
        Assert.DoesNotContain(1000, tokenizer.Encode(astral + "a", addSpecialTokens: false));
    }
}
