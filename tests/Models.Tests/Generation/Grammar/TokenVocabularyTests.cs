using System.Diagnostics;
using Models.Generation.Grammar;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation.Grammar;

/// <summary>The tree of tokens.</summary>
public sealed class TokenVocabularyTests(ITestOutputHelper output)
{
    [SharedFact("tokenizers/qwen2")]
    public void Trie_OfARealVocabulary_FindsEveryTokenByItsBytes()
    {
        var tokenizer = Vocabularies.Tokenizer("qwen2");
        var times = Enumerable.Range(0, 5).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Vocabularies.Of(tokenizer, "<|endoftext|>");
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Order().ToList();
        var vocabulary = Vocabularies.Qwen2;
        output.WriteLine($"figure: {vocabulary.Count:N0} tokens, {vocabulary.Trie.Count:N0} nodes; built, with the token sets of strings, in {times[0]:F0} ms at best, {times[2]:F0} ms at the median of {times.Count}");
        var found = 0;
        for (var token = 0; token < vocabulary.Count; token++)
        {
            var bytes = vocabulary.Bytes(token);
            if (bytes.IsEmpty)
                continue;
            var node = 0;
            foreach (var value in bytes)
                node = vocabulary.Trie.Child(node, value);
            var same = vocabulary.Trie.Token(node);
            while (same != token && same >= 0)
                same = vocabulary.Trie.NextOfSame(same);
            Assert.Equal(token, same);
            found++;
        }
        Assert.True(found > 151_000);
    }

    [Fact]
    public void Trie_TokensOfTheSameBytes_AreAllAllowed()
    {
        var vocabulary = Vocabularies.WithTexts("a", "ab", "", "a");
        var matcher = new TokenConstraint(GrammarCompiler.FromRegex("ab"), vocabulary).CreateMatcher();
        Assert.Equal(['a', 257, 258, 260], matcher.Allowed(vocabulary));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void Constructor_EndTokenOutOfRange_Throws(int token) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenVocabulary(4, _ => default, _ => false, [token]));

    [Fact]
    public void Constructor_NoTokens_AllowsNone()
    {
        var vocabulary = new TokenVocabulary(0, _ => default, _ => false, []);
        var matcher = new TokenConstraint(GrammarCompiler.FromRegex("a"), vocabulary).CreateMatcher();
        Assert.Empty(matcher.Allowed(vocabulary));
        Assert.Null(matcher.ShortestCompletion());
        Assert.Empty(matcher.ForcedTokens());
    }
}
