using System.Numerics;
using Models.Generation.Copying;
using Models.Generation.Grammar;

namespace Models.Generation;

/// <summary>Holds one generation to a grammar: takes away the logits of tokens that do not fit.</summary>
/// <param name="grammar">The grammar.</param>
/// <param name="vocabulary">The model's tokens.</param>
/// <param name="bias">What the model says of its calls; null where it says nothing.</param>
internal sealed class GrammarFilter(CompiledGrammar grammar, TokenVocabulary vocabulary, CallBias? bias = null)
{
    private readonly GrammarMatcher _matcher = new TokenConstraint(grammar, vocabulary).CreateMatcher();
    private readonly ulong[] _allowed = new ulong[vocabulary.MaskLength];

    /// <summary>Whether nothing but an end may come.</summary>
    public bool IsComplete => _matcher.IsComplete;

    /// <summary>Tokens that must come next whatever the model says; none where there is a choice.</summary>
    public IReadOnlyList<int> Forced() => _matcher.ForcedTokens();

    /// <summary>Takes the token that came.</summary>
    public void Accept(int token)
    {
        _matcher.Accept(token);
        bias?.Accept(token);
    }

    /// <summary>Sets the logits of all tokens that may not come next to minus infinity.</summary>
    public void Apply(Span<float> logits)
    {
        _matcher.FillMask(_allowed);
        for (var word = 0; word < _allowed.Length; word++)
        {
            var some = logits.Slice(word * 64, Math.Min(64, logits.Length - word * 64));
            var refused = ~_allowed[word];
            if (refused == 0) continue;
            if (refused == ulong.MaxValue)
            {
                some.Fill(float.NegativeInfinity);
                continue;
            }
            for (; refused != 0; refused &= refused - 1)
                if (BitOperations.TrailingZeroCount(refused) is var token && token < some.Length) some[token] = float.NegativeInfinity;
        }
        // Rows of padding beyond the vocabulary.
        var known = Math.Min(logits.Length, _allowed.Length * 64);
        logits[known..].Fill(float.NegativeInfinity);
        bias?.Apply(logits);
    }
}
