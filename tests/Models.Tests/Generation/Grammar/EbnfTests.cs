using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.Grammar;
using TestKit;

namespace Models.Tests.Generation.Grammar;

/// <summary>The small EBNF: recursion, mistakes, and JSON itself written as a grammar.</summary>
public sealed class EbnfTests
{
    private const string Json = """
        # RFC 8259
        root   ::= ws value ws
        value  ::= object | array | string | number | "true" | "false" | "null"
        object ::= "{" ws ( member ( "," ws member )* )? "}"
        member ::= string ws ":" ws value ws
        array  ::= "[" ws ( value ws ( "," ws value ws )* )? "]"
        string ::= "\"" ( [^"\\\x00-\x1F] | "\\" ( ["\\/bfnrt] | "u" [0-9a-fA-F]{4} ) )* "\""
        number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [\-+]? [0-9]+)?
        ws     ::= [ \t\n\r]*
        """;

    [Theory]
    [InlineData("""{"a": [1, -2.5e3, {"b": null}], "c": "x\u0041\n"}""", true)]
    [InlineData(" [ ] ", true)]
    [InlineData("[1,]", false)]
    [InlineData("{\"a\":01}", false)]
    [InlineData("\"a", false)]
    public void FromEbnf_GrammarOfJson_AcceptsJson(string text, bool isJson) => Assert.Equal(isJson, GrammarCompiler.FromEbnf(Json).Accepts(text));

    [Fact]
    public void FromEbnf_GrammarOfJson_GeneratesJson()
    {
        var constraint = new TokenConstraint(GrammarCompiler.FromEbnf(Json), Vocabularies.Bytes);
        for (var seed = 0; seed < 200; seed++)
        {
            var text = Walks.Generate(constraint.CreateMatcher(), Vocabularies.Bytes, new System.Random(seed), 200);
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 1000 });
        }
    }

    [Theory]
    [InlineData("root ::= term (\"+\" term)*\nterm ::= [0-9]+ | \"(\" root \")\"", "(1+(22))+3", "(1+2")]
    [InlineData("root ::= \"a\" root \"b\" | \"\"", "aaabbb", "aabbb")]
    [InlineData("root ::= x y\nx ::= \"a\"? y ::= x{2,3}", "aaa", "aaaaa")]
    [InlineData("root ::= list\nlist ::= item | item \",\" list\nitem ::= [^,]+", "a,bb,ccc", "a,,b")]
    [InlineData("root ::= (\"a\"? root2?)* \"z\"\nroot2 ::= \"b\" root2? \"c\"", "abbccbcz", "abbcz")]
    [InlineData("root ::= \"\\x41\\u00e9\\U0001F600\" .", "Aé\U0001F600\n", "Aé\U0001F600")]
    public void FromEbnf_Rules_AcceptTheirTexts(string grammar, string accepted, string rejected)
    {
        var compiled = GrammarCompiler.FromEbnf(grammar);
        Assert.True(compiled.Accepts(accepted));
        Assert.False(compiled.Accepts(rejected));
    }

    [Theory]
    [InlineData("x ::= \"a\"", "no rule named 'root'")]
    [InlineData("root ::= y", "'y' that it does not define")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "twice")]
    [InlineData("root ::= root \"a\" | \"b\"", "left recursion")]
    [InlineData("root ::= x? root \"a\" | \"b\"\nx ::= \"y\" x | \"y\"", "left recursion")]
    [InlineData("root ::= \"a\" root", "no reachable end")]
    [InlineData("root ::= []", "no reachable end")]
    [InlineData("root ::= \"a", "not closed")]
    [InlineData("root ::= (\"a\"", "not closed")]
    [InlineData("root ::= \"a\" )", "not understood")]
    [InlineData("root ::= \"\\q\"", "escape")]
    [InlineData("root = \"a\"", "::=")]
    public void FromEbnf_Mistake_IsSaid(string grammar, string said) =>
        Assert.Contains(said, Assert.Throws<GrammarException>(() => GrammarCompiler.FromEbnf(grammar)).Message);

    [Fact]
    public void FromEbnf_RulesThatDouble_AreRefused()
    {
        // Each rule is twice the one before, without recursion: 2^60 literals if written out.
        var grammar = "root ::= r60\nr0 ::= \"a\"\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"r{i} ::= r{i - 1} r{i - 1}"));
        Assert.Contains("explodes", Assert.Throws<GrammarException>(() => GrammarCompiler.FromEbnf(grammar)).Message);
    }

    [Fact]
    public void FromEbnf_LongChainOfRules_Compiles()
    {
        var grammar = "root ::= r20000\nr0 ::= \"a\"\n" + string.Join('\n', Enumerable.Range(1, 20_000).Select(i => $"r{i} ::= r{i - 1}"));
        Assert.True(GrammarCompiler.FromEbnf(grammar).Accepts("a"));
    }

    [Fact]
    public void Accept_GrammarTooAmbiguous_IsRefusedWhenItShows()
    {
        // n letters can be read with any number of open calls, over and over in each of many rules.
        var rules = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"r{i} ::= \"a\" r{i} r{(i + 1) % 40} | \"a\" r{(i + 7) % 40} r{i} | \"a\""));
        var matcher = new TokenConstraint(GrammarCompiler.FromEbnf($"root ::= r0\n{rules}"), Vocabularies.Bytes).CreateMatcher();
        var error = Assert.Throws<GrammarException>(() =>
        {
            for (var i = 0; i < 1000; i++)
                Assert.True(matcher.Accept('a'));
        });
        Assert.Contains("ambiguous", error.Message);
    }

    [SharedFact("tokenizers/qwen2")]
    public void FillMask_EveryTokenInTooManyWays_IsRefusedInsteadOfHanging()
    {
        // Every letter may be the last of one rule's and the first of the next one's.
        var rules = string.Join('\n', Enumerable.Range(0, 60).Select(i => $"r{i} ::= [a-zA-Z ]* (\"(\" root \")\")? r{i + 1}"));
        var constraint = new TokenConstraint(GrammarCompiler.FromEbnf($"root ::= r0\n{rules}\nr60 ::= [a-zA-Z ]*"), Vocabularies.Qwen2);
        var error = Assert.Throws<GrammarException>(() => constraint.CreateMatcher().FillMask(new ulong[Vocabularies.Qwen2.MaskLength]));
        Assert.Contains("ambiguous", error.Message);
    }

    [Fact]
    public void FromEbnf_AnyText_CompilesOrIsRefused()
    {
        var parts = Gen.Elements("root", "x", " ::= ", "\"a\"", "[a-z]", "(", ")", "|", "*", "?", "{2}", "\n", " ", "#", "\"", "[", "\\");
        Prop.ForAll(parts.ArrayOf().Select(some => "root ::= " + string.Concat(some)).ToArbitrary(), text =>
        {
            try
            {
                GrammarCompiler.FromEbnf(text);
            }
            catch (GrammarException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void FromEbnf_DeepRecursion_NeedsNoCallStack()
    {
        var grammar = GrammarCompiler.FromEbnf("root ::= \"(\" root? \")\"");
        var text = new string('(', 100_000) + new string(')', 100_000);
        Assert.True(grammar.Accepts(Encoding.ASCII.GetBytes(text)));
    }
}
