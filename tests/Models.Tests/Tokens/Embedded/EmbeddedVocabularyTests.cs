using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens.Embedded;

public class EmbeddedVocabularyTests
{
    private static readonly string[] Awkward = [.. ReferenceTokenizers.Golden.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];

    [SharedTheory("models")]
    [InlineData("tinystories-656k")]
    [InlineData("stories260K")]
    [InlineData("stories260K.bin")]
    [InlineData("phi-3-mini")]
    public void ToTokenizerJson_Llama_EncodesAsScoresSay(string name)
    {
        var vocabulary = SharedVocabularies.Find(name);
        var tokenizer = TokenizerFolder.Load(vocabulary);
        var pieces = Gen.Elements(vocabulary.Tokens.Where((_, id) => vocabulary.Types[id] == 1).Select(token => token.Replace('\u2581', ' ')));
        var texts = Gen.Frequency((3, pieces), (1, Texts.WellFormed.Generator), (1, Gen.Elements(" ", "    ", "aaaa", "====", "\n\n\n")))
            .ListOf().Select(parts => string.Concat(parts)).ToArbitrary();
        Prop.ForAll(texts, AssertSame).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        for (var spaces = 0; spaces < 70; spaces++) // runs of spaces share one score: there the order of equals shows
            AssertSame(new string(' ', spaces) + "a" + new string(' ', spaces));

        void AssertSame(string text) =>
            Assert.Equal(SentencePieceReference.Encode(vocabulary, text), tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false));
    }

    [SharedFact("tokenizers/vectors")]
    public void ToTokenizerJson_LlamaPhi3_EncodesLlamaCppVectors() =>
        LlamaCppVectorTests.AssertVectors(TokenizerFolder.Load(SharedVocabularies.Find("phi-3-mini")), "ggml-vocab-phi-3");

    [SharedFact("tokenizers/vectors")]
    public void ToTokenizerJson_Gpt2Qwen2_EncodesLlamaCppVectors() =>
        LlamaCppVectorTests.AssertVectors(TokenizerFolder.Load(SharedVocabularies.Qwen2()), "ggml-vocab-qwen2");

    [Theory]
    [InlineData("llama3", "llama-bpe")]
    [InlineData("smollm", "smollm")]
    [InlineData("qwen", "qwen2")]
    [InlineData("o200k", "gpt-4o")]
    public void ToTokenizerJson_Gpt2_EncodesAsTheFamilysOwnTokenizer(string name, string preTokenizer)
    {
        var golden = ReferenceTokenizers.Find(name);
        var tokenizer = TokenizerFolder.Load(FromReference(golden.GetProperty("json"), "gpt2") with { PreTokenizer = preTokenizer });
        for (var i = 0; i < Awkward.Length; i++)
            if (!Awkward[i].Contains('<') && !Awkward[i].Contains("york")) // how a token is stripped or matched, GGUF does not say
                Assert.Equal(Numbers(golden.GetProperty("cases")[i].GetProperty("plain")), tokenizer.Encode(Awkward[i], addSpecialTokens: false));
    }

    [Fact]
    public void ToTokenizerJson_Bert_EncodesAsTheFamilysOwnTokenizer()
    {
        var golden = ReferenceTokenizers.Find("bert");
        var vocabulary = FromReference(golden.GetProperty("json"), "bert");
        var tokenizer = TokenizerFolder.Load(vocabulary with
        {
            Tokens = [.. vocabulary.Tokens.Select(token => token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : token.StartsWith('[') ? token : "\u2581" + token)],
        });
        for (var i = 0; i < Awkward.Length; i++)
        {
            Assert.Equal(Numbers(golden.GetProperty("cases")[i].GetProperty("ids")), tokenizer.Encode(Awkward[i]));
            Assert.Equal(golden.GetProperty("cases")[i].GetProperty("decoded").GetString(), tokenizer.Decode(tokenizer.Encode(Awkward[i])));
        }
    }

    /// <summary>The regexes llama.cpp applies where a file names no pre-tokenizer: punctuation, then GPT-2's words, then digits by three.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("default")]
    public void ToTokenizerJson_Gpt2WithoutPreTokenizer_CutsByLlamaCppsDefault(string? preTokenizer)
    {
        string[] letters = ["a", "b", "1", "!", "\u0120"]; // the last spells a space
        string[] joined = ["ab", "11", "111", "1111", "!!", "!a", "\u0120a", "\u0120!"];
        var tokenizer = TokenizerFolder.Load(new EmbeddedVocabulary
        {
            Kind = "gpt2",
            PreTokenizer = preTokenizer,
            Tokens = [.. letters, .. joined],
            Merges = ["a b", "1 1", "11 1", "111 1", "! !", "! a", "\u0120 a", "\u0120 !"],
        });
        Assert.Equal(["ab", "!!", "a", "111", "1", "\u0120", "!"], tokenizer.Encode("ab!!a1111 !").Select(tokenizer.GetToken));
    }

    [Fact]
    public void ToTokenizerJson_SpecialTokens_AreInBothFiles()
    {
        var vocabulary = Small with { Pad = 0, ChatTemplate = "{{ messages }}", AddEos = true };
        var (json, config) = vocabulary.ToTokenizerJson();
        var tokenizer = TokenizerFolder.Load(json, config);
        Assert.Equal(("<s>", "</s>", "<unk>", "<unk>"), ((string)config["bos_token"]!, (string)config["eos_token"]!, (string)config["unk_token"]!, (string)config["pad_token"]!));
        Assert.Equal("{{ messages }}", (string)config["chat_template"]!);
        Assert.True((bool)config["add_bos_token"]! && (bool)config["add_eos_token"]!);
        Assert.Equal((1, 2), (tokenizer.BosToken, tokenizer.EosToken));
        Assert.Equal([1, 5, 2], tokenizer.Encode("a"));
        Assert.Equal([5], tokenizer.Encode("a", addSpecialTokens: false));
        Assert.True(tokenizer.IsSpecial(1) && tokenizer.IsSpecial(0) && !tokenizer.IsSpecial(6));
        Assert.Equal([3, 6], tokenizer.Encode("<user>", addSpecialTokens: false, parseSpecialTokens: false).Where(id => id is 6 or 3).Distinct().Prepend(3));
    }

    [Fact]
    public void ToTokenizerJson_NoSpacePrefix_AddsNoneAndStripsNone()
    {
        var tokenizer = TokenizerFolder.Load(Small with { AddSpacePrefix = false });
        Assert.Equal([4], tokenizer.Encode("a", addSpecialTokens: false));
        Assert.Equal(" a", tokenizer.Decode([5]));
    }

    public static TheoryData<string, EmbeddedVocabulary, string> Faults() => new()
    {
        { "kind", Small with { Kind = "rwkv" }, "rwkv" },
        { "scores", Small with { Scores = [0] }, "scores" },
        { "no scores", Small with { Scores = [] }, "scores" },
        { "types", Small with { Types = [1] }, "token types" },
        { "BOS", Small with { Bos = 99 }, "99" },
        { "EOS", Small with { Eos = -1 }, "-1" },
        { "pre-tokenizer", Small with { Kind = "gpt2", PreTokenizer = "newest-bpe" }, "newest-bpe" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void ToTokenizerJson_Fault_IsNamed(string fault, EmbeddedVocabulary vocabulary, string named)
    {
        var error = Assert.Throws<TokenizerException>(() => vocabulary.ToTokenizerJson());
        Assert.True(error.Message.Contains(named), $"{fault}: {error.Message}");
    }

    /// <summary>All cuts of all these pieces are pieces: without a limit 2 MB of pieces would become gigabytes of merges.</summary>
    [Fact]
    public void ToTokenizerJson_LongPeriodicPieces_MergeOnlyUpToALimit()
    {
        string[] pieces = ["<unk>", "<s>", "</s>", .. Enumerable.Range(1, 2000).Select(length => new string('a', length))];
        var (json, _) = new EmbeddedVocabulary { Kind = "llama", Tokens = pieces, Scores = [.. pieces.Select((_, id) => -(float)id)] }.ToTokenizerJson();
        Assert.Equal(128 * 127 / 2, json["model"]!["merges"]!.AsArray().Count);
    }

    private static readonly EmbeddedVocabulary Small = new()
    {
        Kind = "llama",
        Tokens = ["<unk>", "<s>", "</s>", "\u2581", "a", "\u2581a", "<user>"],
        Scores = [0, 0, 0, -1, -2, -3, 0],
        Types = [2, 3, 3, 1, 1, 1, 4],
    };

    private static EmbeddedVocabulary FromReference(JsonElement json, string kind)
    {
        var tokens = new SortedDictionary<int, (string Content, int Type)>();
        var model = json.GetProperty("model");
        foreach (var token in model.GetProperty("vocab").EnumerateObject())
            tokens[token.Value.GetInt32()] = (token.Name, 1);
        foreach (var token in json.GetProperty("added_tokens").EnumerateArray())
            tokens[token.GetProperty("id").GetInt32()] = (token.GetProperty("content").GetString()!, token.GetProperty("special").GetBoolean() ? 3 : 4);
        return new()
        {
            Kind = kind,
            Tokens = [.. tokens.Values.Select(token => token.Content)],
            Types = [.. tokens.Values.Select(token => token.Type)],
            Merges = model.TryGetProperty("merges", out var merges) ? [.. merges.EnumerateArray().Select(Merge)] : [],
        };
    }

    private static string Merge(JsonElement merge) =>
        merge.ValueKind == JsonValueKind.String ? merge.GetString()! : string.Join(' ', merge.EnumerateArray().Select(part => part.GetString()));

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
