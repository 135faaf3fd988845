using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Models.Tokens;

namespace Models.Tests.Tokens;

public class TokenizerMalformedTests
{
    private const string Valid = """
        {"added_tokens":[{"id":4,"content":"<s>","special":true}],"normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null,
         "model":{"type":"BPE","unk_token":null,"vocab":{"a":0,"b":1,"ab":2,"c":3},"merges":["a b"]}}
        """;

    /// <summary>A change to a valid file, and what the message must name.</summary>
    public static TheoryData<string, string, string> Faults() => new()
    {
        { "\"type\":\"BPE\"", "\"type\":\"Unigram\"", "Unigram" },
        { "\"type\":\"BPE\"", "\"type\":7", "type" },
        { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3}", "[]", "vocab" },
        { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3}", "null", "vocab" },
        { "\"a\":0", "\"a\":\"0\"", "vocab" },
        { "\"a\":0", "\"a\":0.5", "vocab" },
        { "\"a\":0", "\"a\":-1", "-1" },
        { "\"a\":0", "\"a\":1", "two tokens" },
        { "\"a\":0", "\"a\":2147483647", "2147483647" },
        { "\"a\":0", "\"a\":99999999999", "vocab" },
        { "[\"a b\"]", "[\"a c\"]", "ac" },
        { "[\"a b\"]", "[\"a d\"]", "'d'" },
        { "[\"a b\"]", "[\"ab\"]", "merges" },
        { "[\"a b\"]", "[\"a b c\"]", "merges" },
        { "[\"a b\"]", "[[\"a\"]]", "merges" },
        { "[\"a b\"]", "[[\"a\",\"b\",\"c\"]]", "merges" },
        { "[\"a b\"]", "[7]", "merges" },
        { "[\"a b\"]", "\"a b\"", "merges" },
        { "\"unk_token\":null", "\"unk_token\":[]", "unk_token" },
        { "\"unk_token\":null", "\"fuse_unk\":1", "fuse_unk" },
        { "\"unk_token\":null", "\"end_of_word_suffix\":\"</w>\"", "end_of_word_suffix" },
        { "\"id\":4", "\"id\":-4", "id" },
        { "\"id\":4", "\"id\":2000000000", "2000000000" },
        { "\"content\":\"<s>\"", "\"content\":null", "content" },
        { "\"special\":true", "\"special\":\"yes\"", "special" },
        { "[{\"id\":4,\"content\":\"<s>\",\"special\":true}]", "{}", "added_tokens" },
        { "[{\"id\":4,\"content\":\"<s>\",\"special\":true}]", "[7]", "object" },
        { "\"normalizer\":null", "\"normalizer\":{\"type\":\"Precompiled\"}", "Precompiled" },
        { "\"normalizer\":null", "\"normalizer\":{}", "type" },
        { "\"normalizer\":null", "\"normalizer\":[]", "type" },
        { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"}", "UnicodeScripts" },
        { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"}", "regex '('" },
        { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[[:alpha:]]+\"},\"behavior\":\"Isolated\"}", "[[:alpha:]]+" },
        { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Shuffled\"}", "Shuffled" },
        { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"ByteLevel\"},{\"type\":\"Whitespace\"}]}", "after ByteLevel" },
        { "\"post_processor\":null", "\"post_processor\":{\"type\":\"Other\"}", "Other" },
        { "\"post_processor\":null", "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[]}", "single" },
        { "\"post_processor\":null", "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\"}},{\"Sequence\":{}}],\"special_tokens\":{}}", "special_tokens" },
        { "\"post_processor\":null", "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"a\",0],\"sep\":[\"z\",99]}", "99" },
        { "\"decoder\":null", "\"decoder\":{\"type\":\"CTC\"}", "CTC" },
        { "\"decoder\":null", "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Fuse\"},{\"type\":\"ByteFallback\"}]}", "after Fuse" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void FromFolder_Fault_IsNamed(string valid, string faulty, string named)
    {
        Assert.Contains(valid, Valid);
        var error = Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(Valid.Replace(valid, faulty)));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void FromFolder_NoFile_Throws()
    {
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.FromFolder(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
        Assert.Contains("cannot be read", error.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"bos_token\":7}")]
    [InlineData("{\"add_bos_token\":\"true\"}")]
    [InlineData("{\"bos_token\":")]
    public void FromFolder_MalformedConfig_Throws(string config) =>
        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(Valid, config));

    [Fact]
    public void FromFolder_AnyTruncation_Throws()
    {
        for (var length = 0; length < Valid.TrimEnd().Length; length++)
            Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(Valid[..length]));
    }

    /// <summary>Nested deeper than any reader needs: refused, not a stack overflow.</summary>
    [Fact]
    public void FromFolder_DeepNesting_Throws()
    {
        var nested = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 100_000));
        Assert.Throws<TokenizerException>(() => TokenizerFolder.Load(Valid.Replace("\"normalizer\":null", "\"normalizer\":" + nested)));
    }

    /// <summary>Ids may have gaps (gpt-oss and Phi-4 leave some): such an id is no token, and the vocabulary goes up to the last.</summary>
    [Fact]
    public void FromFolder_GapBetweenIds_IsNoToken()
    {
        var tokenizer = TokenizerFolder.Load(Valid.Replace("\"id\":4", "\"id\":9").Replace("\"c\":3", "\"c\":7"));
        Assert.Equal(10, tokenizer.VocabularySize);
        Assert.Equal(("", "c", "", "<s>"), (tokenizer.GetToken(5), tokenizer.GetToken(7), tokenizer.GetToken(8), tokenizer.GetToken(9)));
        Assert.Equal("ab", tokenizer.Decode([5, 2, 8, 1_000_000, -1]));
    }

    /// <summary>Bytes changed anywhere: the file is read or refused, and what is read works.</summary>
    [Theory]
    [InlineData("llama3")]
    [InlineData("llama2")]
    [InlineData("bert")]
    public void FromFolder_ChangedBytes_ReadsOrThrowsTokenizerException(string name)
    {
        var json = Encoding.UTF8.GetBytes(ReferenceTokenizers.Json(name));
        var changes = Gen.Choose(0, json.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (At: at, Value: (byte)value))).NonEmptyListOf();
        var refused = 0;
        Prop.ForAll(changes.ToArbitrary(), list =>
        {
            var changed = (byte[])json.Clone();
            foreach (var (at, value) in list)
                changed[at] = value;
            try
            {
                var tokenizer = TokenizerFolder.Load(changed);
                tokenizer.Decode(tokenizer.Encode("<s>Hello world, the 123!"));
            }
            catch (TokenizerException)
            {
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.True(refused > 50);
    }

    /// <summary>Any value in the place of any other: types of every field are checked.</summary>
    [Theory]
    [InlineData("gpt2")]
    [InlineData("metaspaceAlways")]
    [InlineData("bert")]
    public void FromFolder_ValueOfAnotherType_ReadsOrThrowsTokenizerException(string name)
    {
        foreach (var path in Paths(JsonNode.Parse(ReferenceTokenizers.Json(name))!, []).ToArray())
            foreach (var other in (string[])["null", "-1", "\"x\"", "[[]]", "{}", "true"])
            {
                var json = JsonNode.Parse(ReferenceTokenizers.Json(name))!;
                Set(json, path, JsonNode.Parse(other));
                try
                {
                    TokenizerFolder.Load(json.ToJsonString()).Encode("a");
                }
                catch (TokenizerException)
                {
                }
            }
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        if (path.Length > 0)
            yield return path;
        IEnumerable<(object Key, JsonNode? Child)> children = node switch
        {
            JsonObject members => members.Select(child => ((object)child.Key, child.Value)),
            JsonArray items => items.Select((child, i) => ((object)i, child)),
            _ => [],
        };
        foreach (var (key, child) in children.Take(4)) // of vocabularies a few tokens are enough
            if (child is not null)
                foreach (var found in Paths(child, [.. path, key]))
                    yield return found;
    }

    private static void Set(JsonNode json, object[] path, JsonNode? value)
    {
        foreach (var key in path[..^1])
            json = key is string name ? json[name]! : json[(int)key]!;
        if (path[^1] is string last)
            json[last] = value;
        else
            json[(int)path[^1]] = value;
    }
}
