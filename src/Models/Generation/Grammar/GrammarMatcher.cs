using Models.Generation.Grammar.Matching;

namespace Models.Generation.Grammar;

/// <summary>
/// Follows one generation through a grammar: says which tokens may come next, and takes the one that came. One thread at a time; the
/// <see cref="TokenConstraint"/> it came from is shared.
/// </summary>
public sealed class GrammarMatcher
{
    private readonly TokenConstraint _constraint;
    private readonly PushdownMachine _machine;
    private readonly MaskBuilder _masks;
    private readonly TextFinder _texts;
    private readonly ConfigurationSet _first = new(), _second = new();
    private readonly List<ParserState> _states; // before the first token and after each

    internal GrammarMatcher(TokenConstraint constraint) : this(constraint, [])
    {
        _machine.Begin(constraint.Grammar.Root, _first);
        _states.Add(new(_first));
    }

    private GrammarMatcher(TokenConstraint constraint, List<ParserState> states)
    {
        _constraint = constraint;
        _machine = new(constraint.Specials);
        _masks = new(constraint, _machine);
        _texts = new(constraint, _machine, _masks);
        _states = states;
    }

    /// <summary>The number of tokens accepted and not rewound.</summary>
    public int TokenCount => _states.Count - 1;

    /// <summary>Whether the text may end here, so that end tokens are allowed.</summary>
    public bool CanEnd => State.CanEnd;

    /// <summary>Whether nothing but an end may come: the generation can stop without running the model.</summary>
    public bool IsComplete => State.CanEnd && State.Configurations.IsEmpty;

    /// <summary>The fewest bytes from here to a complete text; no token is shorter than a byte, so no fewer tokens are needed at worst.</summary>
    public int MinimumBytesToEnd => State.MinimumBytes;

    private ParserState State => _states[^1];

    /// <summary>
    /// Writes which tokens may come next: bit <c>token % 64</c> of word <c>token / 64</c>. End tokens are among them exactly where
    /// <see cref="CanEnd"/>; special tokens only where the grammar names their text. All clear after an end token.
    /// </summary>
    /// <param name="allowed">At least <see cref="TokenVocabulary.MaskLength"/> words; those beyond are cleared.</param>
    /// <exception cref="GrammarException">The grammar is too ambiguous to follow.</exception>
    public void FillMask(Span<ulong> allowed)
    {
        if (allowed.Length < _constraint.Vocabulary.MaskLength)
            throw new ArgumentException($"The mask needs {_constraint.Vocabulary.MaskLength} words.", nameof(allowed));
        allowed.Clear();
        if (!State.IsEnded)
            _masks.Fill(State, allowed);
    }

    /// <summary>Takes the token that came. False where it may not come here; then nothing changes.</summary>
    /// <exception cref="GrammarException">The grammar is too ambiguous to follow.</exception>
    public bool Accept(int token)
    {
        var vocabulary = _constraint.Vocabulary;
        if ((uint)token >= (uint)vocabulary.Count || State.IsEnded)
            return false;
        if (State.CanEnd && vocabulary.IsEnd(token))
        {
            _states.Add(ParserState.Ended);
            return true;
        }
        var bytes = vocabulary.Bytes(token);
        if (bytes.IsEmpty)
        {
            if (!_machine.StepSpecial(State.Configurations, token, _first))
                return false;
            _states.Add(new(_first));
            return true;
        }
        var (from, into) = (_second, _first);
        var configurations = State.Configurations;
        foreach (var value in bytes)
        {
            if (!_machine.Step(configurations, value, into))
                return false;
            configurations = into.Items;
            (from, into) = (into, from);
        }
        _states.Add(new(from));
        return true;
    }

    /// <summary>Takes back the last tokens, in time that does not depend on the text.</summary>
    public void Rewind(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, TokenCount);
        _states.RemoveRange(_states.Count - tokens, tokens);
    }

    /// <summary>A matcher at the same place that goes its own way.</summary>
    public GrammarMatcher Clone() => new(_constraint, [.. _states]);

    /// <summary>
    /// The tokens that must come whatever the model says, so that they can be appended without sampling; empty where there is a choice.
    /// They are not accepted yet. The forced bytes are spelled by the longest tokens first. The last of them are left to the model where
    /// it could choose a token that begins in their place and reaches into what is not forced (<c>"</c> may become <c>"New</c>), so its
    /// choice of token boundaries is cut short only where text is wholly forced.
    /// </summary>
    public IReadOnlyList<int> ForcedTokens() => _texts.Forced(State);

    /// <summary>
    /// The bytes that must come, for callers that spell them by the tokenizer's own rules; empty where there is a choice, or a special
    /// token must come.
    /// </summary>
    public byte[] ForcedBytes() => [.. _texts.ForcedBytes(State).Bytes];

    /// <summary>
    /// The tokens of a shortest text from here to a complete one, so that a generation that runs out of tokens can still be closed. Not
    /// accepted yet; empty where <see cref="CanEnd"/>; null where the vocabulary cannot spell it, or it is longer than 64 KiB.
    /// </summary>
    public IReadOnlyList<int>? ShortestCompletion() => _texts.Shortest(State);
}
