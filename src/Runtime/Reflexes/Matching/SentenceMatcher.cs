using Runtime.Reflexes.Slots;

namespace Runtime.Reflexes.Matching;

/// <summary>
/// Looks whether words, all of them, are a sentence of a book. Takes a bounded number of steps whatever is said; where these are used up it is
/// none. For one utterance, one thread.
/// </summary>
/// <param name="book">The sentences.</param>
/// <param name="utterance">What was said.</param>
/// <param name="slots">Reads what stands in slots.</param>
internal sealed class SentenceMatcher(SentenceBook book, Utterance utterance, SlotReader slots)
{
    private const int MostSteps = 200_000;

    private readonly int[] _words = [.. utterance.Tokens.Select(token => token.Kind == TokenKind.Break ? -1 : book.WordOf(token.Key))];
    private readonly List<SlotValue> _found = [];
    private int _end;
    private int _steps;

    /// <summary>What stands in the slots where the words from one up to another are that sentence; null where they are not.</summary>
    /// <param name="sentence">The sentence's first step.</param>
    /// <param name="from">The first word.</param>
    /// <param name="to">The word after the last.</param>
    public IReadOnlyList<SlotValue>? Match(int sentence, int from, int to)
    {
        _end = to;
        _found.Clear();
        return Follow(sentence, from) ? [.. _found] : null;
    }

    private bool Follow(int step, int at)
    {
        while (++_steps <= MostSteps)
        {
            var (op, argument) = book.Steps[step];
            switch (op)
            {
                case SentenceOp.Word:
                    if (at >= _end || _words[at] != argument) return false;
                    (at, step) = (at + 1, step + 1);
                    break;
                case SentenceOp.Jump:
                    step = argument;
                    break;
                case SentenceOp.Split:
                    if (Follow(step + 1, at)) return true;
                    step = argument;
                    break;
                case SentenceOp.Slot:
                    return at < _end && Fill(book.Slots[argument], step, at);
                default:
                    return at == _end;
            }
        }
        return false;
    }

    private bool Fill(string slot, int step, int at)
    {
        foreach (var value in slots.Read(slot, utterance, at, _end))
        {
            _found.Add(value);
            if (Follow(step + 1, value.End)) return true;
            _found.RemoveAt(_found.Count - 1);
            if (_steps > MostSteps) break;
        }
        return false;
    }
}
