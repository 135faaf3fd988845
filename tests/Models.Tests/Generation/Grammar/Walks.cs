using System.Numerics;
using System.Text;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Grammar;

/// <summary>Runs matchers: over given texts, and at random as a model with random weights would.</summary>
internal static class Walks
{
    /// <summary>Whether a grammar accepts exactly these bytes.</summary>
    public static bool Accepts(this CompiledGrammar grammar, ReadOnlySpan<byte> text)
    {
        var matcher = new TokenConstraint(grammar, Vocabularies.Bytes).CreateMatcher();
        foreach (var value in text)
        {
            if (!matcher.Accept(value))
                return false;
        }
        return matcher.CanEnd;
    }

    /// <summary>Whether a grammar accepts exactly this text.</summary>
    public static bool Accepts(this CompiledGrammar grammar, string text) => grammar.Accepts(Encoding.UTF8.GetBytes(text));

    /// <summary>The tokens of a mask.</summary>
    public static List<int> Tokens(ReadOnlySpan<ulong> mask)
    {
        List<int> tokens = [];
        for (var word = 0; word < mask.Length; word++)
        {
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
                tokens.Add(word * 64 + BitOperations.TrailingZeroCount(bits));
        }
        return tokens;
    }

    /// <summary>The tokens that a matcher allows.</summary>
    public static List<int> Allowed(this GrammarMatcher matcher, TokenVocabulary vocabulary)
    {
        var mask = new ulong[vocabulary.MaskLength];
        matcher.FillMask(mask);
        return Tokens(mask);
    }

    /// <summary>
    /// Generates at random: any allowed token is as likely as another, but one with a quote or bracket is preferred now and then, for else no
    /// string of a large vocabulary would ever close. After so many tokens the shortest completion is taken.
    /// </summary>
    /// <param name="matcher">At the beginning of a text.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="random">The source of choices.</param>
    /// <param name="limit">How many tokens are chosen at most.</param>
    /// <param name="onMask">Told each mask's duration in ticks of the stopwatch.</param>
    public static byte[] Generate(GrammarMatcher matcher, TokenVocabulary vocabulary, Random random, int limit, Action<long>? onMask = null)
    {
        List<byte> text = [];
        var mask = new ulong[vocabulary.MaskLength];
        var closing = Closing(vocabulary);
        var both = new ulong[mask.Length];
        for (var i = 0; i < limit && !matcher.IsComplete; i++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            matcher.FillMask(mask);
            onMask?.Invoke(System.Diagnostics.Stopwatch.GetTimestamp() - start);
            for (var word = 0; word < mask.Length; word++)
                both[word] = mask[word] & closing[word];
            var token = Pick(random.Next(4) == 0 && Count(both) > 0 ? both : mask, random);
            Assert.True(matcher.Accept(token), $"The mask allows token {token}, but it is not accepted.");
            if (vocabulary.EndTokens.Contains(token))
                return [.. text];
            text.AddRange(vocabulary.Bytes(token));
        }
        var rest = matcher.ShortestCompletion();
        Assert.NotNull(rest);
        foreach (var token in rest)
        {
            Assert.True(matcher.Accept(token));
            text.AddRange(vocabulary.Bytes(token));
        }
        Assert.True(matcher.CanEnd);
        return [.. text];
    }

    private static int Pick(ReadOnlySpan<ulong> mask, Random random)
    {
        var count = Count(mask);
        Assert.True(count > 0, "No token is allowed.");
        var skip = random.Next(count);
        for (var word = 0; ; word++)
        {
            var here = BitOperations.PopCount(mask[word]);
            if (skip >= here)
            {
                skip -= here;
                continue;
            }
            var bits = mask[word];
            for (; skip > 0; skip--)
                bits &= bits - 1;
            return word * 64 + BitOperations.TrailingZeroCount(bits);
        }
    }

    private static int Count(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        foreach (var word in mask)
            count += BitOperations.PopCount(word);
        return count;
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<TokenVocabulary, ulong[]> ClosingMasks = [];

    private static ulong[] Closing(TokenVocabulary vocabulary) => ClosingMasks.GetValue(vocabulary, _ =>
    {
        var mask = new ulong[vocabulary.MaskLength];
        for (var token = 0; token < vocabulary.Count; token++)
        {
            if (vocabulary.Bytes(token).IndexOfAny("\"}],"u8) >= 0)
                mask[token >> 6] |= 1UL << token;
        }
        return mask;
    });
}
