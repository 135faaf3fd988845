using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>
/// Reads what stands in slots. A slot's name is its kind, with a digit where a sentence has two of one kind: <c>duration</c>, <c>time</c>,
/// <c>number</c>, <c>expression</c>, <c>text</c> (any words), a list of the language, or names of this box (<c>pin</c>, <c>sensor</c>). For one utterance.
/// </summary>
/// <param name="lists">The language's words.</param>
/// <param name="names">The names of a kind that this box has; null for a kind that has none.</param>
/// <param name="now">The time now, as the clock on the wall says it.</param>
internal sealed class SlotReader(WordLists lists, Func<string, PhraseList?> names, DateTime now)
{
    private const int LongestText = 40;

    private readonly NumberReader _numbers = new(lists);

    /// <summary>What could stand there: the value and where it ends, the likeliest first.</summary>
    public IEnumerable<SlotValue> Read(string slot, Utterance said, int at, int end)
    {
        var (kind, tokens) = (slot.TrimEnd('1', '2', '3'), said.Tokens);
        switch (kind)
        {
            case "text":
                // Up to the end of a sentence: what follows it is another wish.
                for (var to = at + 1; to <= end && to - at <= LongestText && tokens[to - 1].Kind != TokenKind.Break; to++) yield return Value(said.Between(at, to), to);
                break;
            case "number":
                if (_numbers.Read(tokens, at, end) is { } number) yield return Value(NumberReader.Write(number.Value), number.End);
                break;
            case "duration":
                if (new DurationReader(lists, _numbers).Read(tokens, at, end) is { } span) yield return Value(DurationReader.Write(span.Value), span.End);
                break;
            case "time":
                if (new ClockReader(lists, _numbers).Read(tokens, at, end, now) is { } time) yield return Value(ClockReader.Write(time.Value), time.End);
                break;
            case "expression":
                if (new ExpressionReader(lists, _numbers).Read(said, at, end) is { } sum) yield return Value(sum.Value, sum.End);
                break;
            default:
                foreach (var (value, to) in (names(kind) ?? lists[kind]).All(tokens, at, end)) yield return Value(value, to);
                break;
        }

        SlotValue Value(string value, int to) => new(slot, value, said.Between(at, to), to);
    }
}
