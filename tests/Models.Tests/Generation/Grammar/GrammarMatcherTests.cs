using System.Text;
using System.Text.Json;
using Models.Generation.Grammar;
using TestKit;

namespace Models.Tests.Generation.Grammar;

/// <summary>The matcher over real vocabularies: masks are exact, forced text is forced, and every place has a way to the end.</summary>
public sealed class GrammarMatcherTests
{
    private const string Order = """
        {"type": "object", "required": ["id", "note", "lines"], "additionalProperties": {"type": "number", "minimum": 0.5},
         "properties": {"id": {"type": "string", "pattern": "^[A-Z]{2}\\d+$"}, "note": {"type": "string", "minLength": 3, "maxLength": 12},
           "state": {"enum": ["new", "newer", "sent"]}, "flag": {"type": ["boolean", "null"]},
           "lines": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "integer", "minimum": -20, "maximum": 300}, {"$ref": "#/$defs/tree"}]}}},
         "$defs": {"tree": {"type": "object", "properties": {"text": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}}
        """;

    public static TheoryData<string> Grammars => ["schema", "any", "text", "ebnf", "regex"];

    private static CompiledGrammar Grammar(string name) => GrammarCompiler.Compile(name switch
    {
        "schema" => GrammarExpression.JsonSchema(JsonDocument.Parse(Order).RootElement, JsonSpacing.Optional),
        "any" => GrammarExpression.JsonSchema(JsonDocument.Parse("true").RootElement),
        "text" => GrammarExpression.FreeText([("<tool_call>", GrammarExpression.Sequence(GrammarExpression.Literal("\n"), GrammarExpression.JsonSchema(JsonDocument.Parse(Order).RootElement), GrammarExpression.Literal("\n</tool_call>")))], resumes: true),
        "ebnf" => GrammarExpression.Ebnf("root ::= text (\"<\" text \">\" root \"</\" text \">\")* text\ntext ::= [^<>]*"),
        _ => GrammarExpression.Regex("(\\w+( \\w+){0,5}[.!?] ?)+"),
    });

    [Theory]
    [MemberData(nameof(Grammars))]
    public void FillMask_AlongRandomWalks_AllowsExactlyWhatIsAccepted(string name)
    {
        if (Shared.Find("tokenizers", "qwen2") is null)
            return;
        var vocabulary = Vocabularies.Qwen2;
        var constraint = new TokenConstraint(Grammar(name), vocabulary);
        var checks = 0;
        for (var seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            var matcher = constraint.CreateMatcher();
            for (var step = 0; step < 14 && !matcher.IsComplete; step++)
            {
                var allowed = matcher.Allowed(vocabulary);
                if (step % 2 == 1)
                {
                    List<int> accepted = [];
                    for (var token = 0; token < vocabulary.Count; token++)
                    {
                        if (!matcher.Accept(token))
                            continue;
                        accepted.Add(token);
                        matcher.Rewind(1);
                    }
                    Assert.Equal(accepted, allowed);
                    checks++;
                }
                // Short tokens lead to more places than long ones.
                Assert.True(matcher.Accept(allowed.Where(token => !vocabulary.IsEnd(token)).OrderBy(token => vocabulary.Bytes(token).Length * random.Next(1, 100)).First()));
            }
        }
        Assert.True(checks > 10);
    }

    [Theory]
    [MemberData(nameof(Grammars))]
    public void ShortestCompletion_FromEveryPlace_EndsTheTextWithinItsBound(string name)
    {
        var constraint = new TokenConstraint(Grammar(name), Vocabularies.Bytes);
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var matcher = constraint.CreateMatcher();
            for (var step = 0; step < 120 && !matcher.IsComplete; step++)
            {
                var completion = matcher.ShortestCompletion()!;
                Assert.Equal(matcher.MinimumBytesToEnd, completion.Count);
                var ahead = matcher.Clone();
                Assert.All(completion, token => Assert.True(ahead.Accept(token)));
                Assert.True(ahead.CanEnd);
                var allowed = matcher.Allowed(Vocabularies.Bytes);
                allowed.Remove(256);
                Assert.True(matcher.Accept(allowed[random.Next(allowed.Count)]));
            }
        }
    }

    [SharedFact("tokenizers/qwen2")]
    public void ForcedTokens_OfACall_AreAllButTheChoices()
    {
        var vocabulary = Vocabularies.Qwen2;
        var schema = JsonDocument.Parse("""{"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city", "days"]}""").RootElement;
        var grammar = GrammarCompiler.Compile(GrammarExpression.Sequence(
            GrammarExpression.Literal("<tool_call>\n{\"name\": \"weather\", \"arguments\": "), GrammarExpression.JsonSchema(schema), GrammarExpression.Literal("}\n</tool_call>")));
        var matcher = new TokenConstraint(grammar, vocabulary).CreateMatcher();
        Assert.Equal("""<tool_call>~{"|name|":| "|weather|",| "|arguments|":| {"|city|":""", Force());
        Assert.Equal("<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"", _all + Encoding.UTF8.GetString(matcher.ForcedBytes()));
        Say(" \"", "Paris", "\",");
        Assert.Equal(""" "|days|":""", Force()); // the space is left: the model may write " -"
        Say(" ", "7", "}}");
        Assert.Equal("\n|</tool_call>", Force().Replace("~", "\n|"));
        Assert.True(matcher.IsComplete);
        Assert.Empty(matcher.ForcedTokens());

        string Force()
        {
            var tokens = matcher.ForcedTokens();
            Assert.All(tokens, token => Assert.True(matcher.Accept(token)));
            var texts = tokens.Select(token => Encoding.UTF8.GetString(vocabulary.Bytes(token))).ToList();
            _all += string.Concat(texts);
            return string.Join('|', texts).Replace("|\n|", "~");
        }

        void Say(params string[] texts)
        {
            foreach (var text in texts)
                Assert.True(matcher.Accept(Enumerable.Range(0, vocabulary.Count).First(token => vocabulary.Bytes(token).SequenceEqual(Encoding.UTF8.GetBytes(text)))), text);
        }
    }

    private string _all = "";

    [Theory]
    [MemberData(nameof(Grammars))]
    public void ForcedBytes_AlongRandomWalks_AreWhatComes(string name)
    {
        var constraint = new TokenConstraint(Grammar(name), Vocabularies.Bytes);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var matcher = constraint.CreateMatcher();
            for (var step = 0; step < 100 && !matcher.IsComplete; step++)
            {
                var forced = matcher.ForcedBytes();
                Assert.Equal(forced.Select(value => (int)value), matcher.ForcedTokens());
                foreach (var value in forced)
                {
                    Assert.Equal([value], matcher.Allowed(Vocabularies.Bytes));
                    Assert.True(matcher.Accept(value));
                }
                var allowed = matcher.Allowed(Vocabularies.Bytes);
                Assert.True(allowed.Count > 1 || matcher.CanEnd);
                allowed.Remove(256);
                if (allowed.Count > 0)
                    Assert.True(matcher.Accept(allowed[random.Next(allowed.Count)]));
            }
        }
    }

    [Fact]
    public void Rewind_AfterRejectedDrafts_StandsWhereItStood()
    {
        var constraint = new TokenConstraint(Grammar("schema"), Vocabularies.Bytes);
        var matcher = constraint.CreateMatcher();
        var text = """{"id": "AB1", "note": "hello", "lines": [1, {"text": "x"}]}"""u8.ToArray();
        List<List<int>> masks = [];
        foreach (var value in text)
        {
            masks.Add(matcher.Allowed(Vocabularies.Bytes));
            Assert.True(matcher.Accept(value));
        }
        Assert.Equal(text.Length, matcher.TokenCount);
        var copy = matcher.Clone();
        for (var length = text.Length - 1; length >= 0; length -= 7)
        {
            matcher.Rewind(matcher.TokenCount - length);
            Assert.Equal(masks[length], matcher.Allowed(Vocabularies.Bytes));
        }
        Assert.True(copy.CanEnd);
        Assert.Equal(text.Length, copy.TokenCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => copy.Rewind(text.Length + 1));
    }

    [Fact]
    public void Accept_EndToken_EndsOnceAndCanBeRewound()
    {
        var matcher = new TokenConstraint(GrammarCompiler.FromRegex("ab?"), Vocabularies.Bytes).CreateMatcher();
        Assert.False(matcher.Accept(256));
        Assert.True(matcher.Accept('a'));
        Assert.Equal(['b', 256], matcher.Allowed(Vocabularies.Bytes));
        Assert.False(matcher.Accept('c'));
        Assert.False(matcher.Accept(-1));
        Assert.False(matcher.Accept(257));
        Assert.True(matcher.Accept(256));
        Assert.Empty(matcher.Allowed(Vocabularies.Bytes));
        Assert.False(matcher.Accept(256));
        matcher.Rewind(1);
        Assert.True(matcher.Accept('b'));
        Assert.True(matcher.IsComplete);
        Assert.Throws<ArgumentException>(() => matcher.FillMask(new ulong[1]));
    }

    [SharedFact("tokenizers/phi-3-mini")]
    public void Accept_AnySegmentation_IsTheSameForEveryVocabulary()
    {
        TokenVocabulary[] vocabularies = [Vocabularies.Bytes, Vocabularies.Qwen2, Vocabularies.Phi3];
        foreach (var name in (string[])["schema", "any", "text", "ebnf", "regex"])
        {
            var grammar = Grammar(name);
            var constraints = vocabularies.Select(vocabulary => new TokenConstraint(grammar, vocabulary)).ToArray();
            for (var seed = 0; seed < 60; seed++)
            {
                var random = new Random(seed);
                var text = Walks.Generate(constraints[0].CreateMatcher(), Vocabularies.Bytes, random, 80);
                if (seed % 2 == 1 && text.Length > 0)
                    text[random.Next(text.Length)] = (byte)"{}[]\",:a0 <\n"[random.Next(12)];
                var expected = grammar.Accepts(text);
                for (var i = 0; i < constraints.Length; i++)
                    Assert.Equal(expected, AcceptsInPieces(constraints[i], text, random));
            }
        }
    }

    // Cut at random into tokens of the vocabulary; every token must be in the mask exactly when it is accepted.
    private static bool AcceptsInPieces(TokenConstraint constraint, byte[] text, Random random)
    {
        var (vocabulary, matcher) = (constraint.Vocabulary, constraint.CreateMatcher());
        var mask = new ulong[vocabulary.MaskLength];
        for (var start = 0; start < text.Length;)
        {
            List<int> choices = [];
            for (var (node, at) = (0, start); at < text.Length && (node = vocabulary.Trie.Child(node, text[at])) >= 0; at++)
            {
                if (vocabulary.Trie.Token(node) >= 0)
                    choices.Add(vocabulary.Trie.Token(node));
            }
            var token = choices[random.Next(choices.Count)];
            matcher.FillMask(mask);
            var isAllowed = (mask[token >> 6] >> token & 1) != 0;
            Assert.Equal(isAllowed, matcher.Accept(token));
            if (!isAllowed)
                return false;
            start += vocabulary.Bytes(token).Length;
        }
        return matcher.CanEnd;
    }

    [SharedFact("tokenizers/qwen2")]
    public async Task FillMask_ByManyThreads_IsTheSameAsByOne()
    {
        var vocabulary = Vocabularies.Qwen2;
        var grammar = Grammar("schema");
        var shared = new TokenConstraint(grammar, vocabulary);
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() => Walks.Generate(shared.CreateMatcher(), vocabulary, new Random(seed), 60))));
        for (var seed = 0; seed < texts.Length; seed++)
            Assert.Equal(texts[seed], Walks.Generate(new TokenConstraint(grammar, vocabulary).CreateMatcher(), vocabulary, new Random(seed), 60));
    }

    [Fact]
    public void FillMask_MoreStatesThanTheCacheHolds_StaysWithinItAndCorrect()
    {
        const long Limit = 64 << 10;
        var grammar = GrammarCompiler.FromRegex("[a-z]{0,400}");
        var bounded = new TokenConstraint(grammar, Vocabularies.Bytes, Limit);
        var (matcher, other) = (bounded.CreateMatcher(), new TokenConstraint(grammar, Vocabularies.Bytes).CreateMatcher());
        for (var i = 0; i <= 400; i++)
        {
            Assert.Equal(other.Allowed(Vocabularies.Bytes), matcher.Allowed(Vocabularies.Bytes));
            Assert.True(bounded.CachedBytes <= Limit);
            Assert.Equal(i < 400, matcher.Accept('q'));
            Assert.Equal(i < 400, other.Accept('q'));
        }
    }
}
