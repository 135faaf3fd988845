using System.Runtime.InteropServices;

namespace Models.Generation.Scheduling;

/// <summary>What goes through the model together: of each generation some of its pending tokens, and guesses after them.</summary>
internal sealed class Step(IDecoder decoder)
{
    private readonly List<GenerationRun> _runs = [];
    private readonly List<StepPart> _parts = [];
    private readonly List<int> _guessed = [];
    private readonly int[] _tokens = new int[decoder.MostTokens];
    private int _logits;

    /// <summary>Tokens in it.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether all of it is answers, none of it prompts.</summary>
    public bool IsAnswersOnly { get; private set; } = true;

    /// <summary>The generations in it.</summary>
    public IReadOnlyList<GenerationRun> Runs => _runs;

    /// <summary>What the engine runs.</summary>
    public ReadOnlySpan<StepPart> Parts => CollectionsMarshal.AsSpan(_parts);

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _runs.Clear();
        _parts.Clear();
        _guessed.Clear();
        (Rows, _logits, IsAnswersOnly) = (0, 0, true);
    }

    /// <summary>How many of a generation's pending tokens it would take, of at most so many rows in all.</summary>
    public int RoomFor(GenerationRun run, int rows)
    {
        if (_logits == decoder.MostLogits) return 0;
        // Somebody ahead is computing the same: the next step can take it over.
        foreach (var part in _runs)
            if (part.Made == 0 && run.Made == 0 && run.Follows(part)) return 0;
        return Math.Min(run.Pending.Length, Math.Min(rows, decoder.MostTokens) - Rows);
    }

    /// <summary>Adds so many pending tokens, for which the sequence has room, and guesses where all of them are in.</summary>
    public void Add(GenerationRun run, int count, ReadOnlySpan<int> guesses)
    {
        var isWhole = count == run.Pending.Length;
        run.Pending[..count].CopyTo(_tokens.AsSpan(Rows));
        guesses.CopyTo(_tokens.AsSpan(Rows + count));
        var part = new StepPart(run.Sequence!, _tokens.AsMemory(Rows, count + guesses.Length), isWhole ? 1 + guesses.Length : 0);
        _runs.Add(run);
        _parts.Add(part);
        _guessed.Add(guesses.Length);
        Rows += part.Tokens.Length;
        _logits += part.LogitRows;
        IsAnswersOnly &= run.Made > 0;
    }

    /// <summary>Guesses that still fit.</summary>
    public int RoomForGuesses(int count) => Math.Max(0, Math.Min(decoder.MostTokens - Rows - count, decoder.MostLogits - _logits - 1));

    /// <summary>After the engine ran it: hands every generation what it gets.</summary>
    public void Deliver()
    {
        var row = 0;
        for (var i = 0; i < _runs.Count; i++)
        {
            var (run, part) = (_runs[i], _parts[i]);
            try
            {
                var first = row;
                if (part.LogitRows == 0) run.Advance(part.Tokens.Length);
                else run.Take(part.Tokens.Span[^_guessed[i]..], next => decoder.Logits(first + next));
                if (run.IsEnded) run.Finish();
            }
            catch (Exception e)
            {
                // Its grammar, its sampling: nobody else's matter.
                run.Fail(e);
            }
            row += part.LogitRows;
        }
    }
}
