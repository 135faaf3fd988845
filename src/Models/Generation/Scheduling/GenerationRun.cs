using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Models.Generation.Drafting;
using Models.Generation.Sampling;
using Models.Onnx.Attention;

namespace Models.Generation.Scheduling;

/// <summary>One generation from its prompt to its last token. All but its creation happens on the scheduler's thread.</summary>
internal sealed class GenerationRun(
    ReadOnlyMemory<int> prompt, GenerationOptions options, AnswerText answer, Func<GrammarFilter?> constrain, IReadOnlySet<int> endOfAnswer,
    int limit, StepCosts costs, ChannelWriter<GenerationStep> steps, CancellationToken cancellation)
{
    private readonly long _arrived = Stopwatch.GetTimestamp();
    private readonly List<int> _tokens = [.. prompt.Span];
    private readonly Sampler _sampler = new(options, prompt.Span);
    private readonly PromptLookup _lookup = new();
    private readonly DraftPolicy _policy = new(costs);
    private GrammarFilter? _constraint;
    private TimeSpan _first;
    private int _reused = -1;

    /// <summary>Its keys and values while it is running; null while it waits.</summary>
    public ISequence? Sequence { get; private set; }

    /// <summary>Whether the last step was made.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Set when nobody wants it any more.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Since it came.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_arrived);

    /// <summary>Tokens made so far.</summary>
    public int Made => _tokens.Count - prompt.Length;

    /// <summary>The tokens that have not been through the model yet; never empty.</summary>
    public ReadOnlySpan<int> Pending => CollectionsMarshal.AsSpan(_tokens)[Sequence!.Length..];

    /// <summary>
    /// When it should be served, seconds: its arrival, and later for what nobody waits for. Who has waited that much longer is first, so
    /// nothing waits for ever.
    /// </summary>
    public double Due { get; } = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency + options.Priority switch
    {
        RunPriority.Interactive => 0,
        RunPriority.ToolLoop => 5,
        _ => 60,
    };

    /// <summary>Begins, or begins again after it had to give way: takes over what was computed of it before.</summary>
    public void Start(ISequence sequence)
    {
        Sequence = sequence;
        if (_reused < 0)
        {
            _constraint = constrain();
            _lookup.Append(prompt.Span);
        }
        Reuse();
        if (_reused < 0) _reused = sequence.Length;
    }

    /// <summary>Takes over what others have computed of its tokens meanwhile. The last token must run: its logits are wanted.</summary>
    public void Reuse() => Sequence!.Reuse(Pending[..^1]);

    /// <summary>Whether another generation is computing the tokens that come next here: a block of them at least, from the same beginning.</summary>
    public bool Follows(GenerationRun other)
    {
        if (other.Sequence!.Length > Sequence!.Length) return false;
        var common = CollectionsMarshal.AsSpan(_tokens)[..^1].CommonPrefixLength(CollectionsMarshal.AsSpan(other._tokens));
        return common / KvLayout.BlockTokens * KvLayout.BlockTokens > Sequence.Length;
    }

    /// <summary>Gives its keys and values back and waits.</summary>
    public void GiveWay()
    {
        Sequence?.Dispose();
        Sequence = null;
    }

    /// <summary>Guesses what comes after the pending tokens, at most <paramref name="most"/> tokens, in a step of <paramref name="rows"/> rows.</summary>
    public ReadOnlySpan<int> Draft(int rows, int most)
    {
        most = Math.Min(most, limit - Made - 1);
        var guess = most > 0 ? _lookup.Guess(most) : [];
        return guess[.._policy.Choose(rows, guess.Length)];
    }

    /// <summary>The first pending tokens went through the model, but not all.</summary>
    public void Advance(int count) => Sequence!.Commit(Pending[..count]);

    /// <summary>
    /// All pending tokens went through the model, and guesses after them. Takes the next tokens from the logits: as long as the guesses
    /// come true, the following row of logits is there already.
    /// </summary>
    public void Take(ReadOnlySpan<int> guesses, Func<int, Span<float>> logits)
    {
        var pending = Pending.Length;
        var right = 0;
        for (var agrees = true; agrees && !IsEnded;)
        {
            var row = logits(right);
            if (_constraint is { IsComplete: true })
            {
                End(null, answer.Flush(), FinishReason.Stop);
                break;
            }
            _constraint?.Apply(row);
            agrees = Accept(_sampler.Next(row), _sampler.LogProbability, guesses, ref right);
            // What the grammar forces goes in without being sampled.
            foreach (var forced in IsEnded ? [] : _constraint?.Forced() ?? [])
            {
                agrees &= Accept(forced, null, agrees ? guesses : [], ref right);
                if (IsEnded) break;
            }
        }
        if (guesses.Length > 0) _policy.Learn(guesses.Length, right);
        Sequence!.Commit(CollectionsMarshal.AsSpan(_tokens).Slice(Sequence.Length, pending + right));
    }

    /// <summary>Ends it with an error, or by its cancellation.</summary>
    public void Fail(Exception error)
    {
        steps.TryComplete(error);
        Finish();
    }

    // Adds a token to the answer. Whether it is the next guess, and there is a row of logits after it.
    private bool Accept(int token, double? likely, ReadOnlySpan<int> guesses, ref int right)
    {
        var guessed = right < guesses.Length && guesses[right] == token;
        _tokens.Add(token);
        _lookup.Append([token]);
        if (Made == 1) _first = Stopwatch.GetElapsedTime(_arrived);
        _constraint?.Accept(token);
        if (endOfAnswer.Contains(token) && !options.IgnoreEndOfAnswer)
        {
            End(token, answer.Flush(), FinishReason.Stop, likely);
            return false;
        }
        var text = answer.Append(token, out var stopped);
        if (stopped) End(token, text, FinishReason.Stop, likely);
        else if (Made == limit) End(token, text + answer.Flush(), FinishReason.Length, likely);
        else steps.TryWrite(new GenerationStep(token, text) { LogProbability = likely });
        if (IsEnded || !guessed) return false;
        right++;
        return true;
    }

    private void End(int? token, string text, FinishReason reason, double? likely = null)
    {
        var timings = new GenerationTimings(prompt.Length, Made, TimeSpan.Zero, _first, Stopwatch.GetElapsedTime(_arrived) - _first) { ReusedTokens = Math.Max(0, _reused) };
        steps.TryWrite(new GenerationStep(token, text, reason, timings) { StopString = answer.StopString, LogProbability = likely });
        IsEnded = true;
    }

    /// <summary>Leaves its keys and values to others, and then lets the reader go.</summary>
    public void Finish()
    {
        IsEnded = true;
        GiveWay();
        steps.TryComplete();
    }
}
