namespace Models.Generation.Copying;

/// <summary>
/// How well the numbers of an answer's text stand in a conversation: digits, and what a full stop or a colon joins them to, are written whole, as they stand
/// there ("192.0.2.7", "18:05"), or from one such joint to another ("18:05" of "18:05:00"). What is no number does not count.
/// </summary>
/// <param name="source">The conversation.</param>
internal sealed class CopiedNumbers(byte[] source)
{
    private readonly List<int>[] _starts = StartsOf(source);
    private State _state;

    private enum Part { None, Digits, Joint }

    // Places: where in the conversation what was written goes on.
    private record struct State(Part Part, List<int> Places);

    /// <summary>Whether no number was begun that is to go on.</summary>
    public bool IsWhole => IsEnd(_state);

    /// <summary>Takes bytes that came.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) _ = Goes(value, ref _state);
    }

    /// <summary>Whether these bytes may come next.</summary>
    public bool Fits(ReadOnlySpan<byte> bytes)
    {
        var state = _state;
        foreach (var value in bytes)
            if (!Goes(value, ref state)) return false;
        return true;
    }

    private bool Goes(byte value, ref State state)
    {
        var (part, places) = state;
        if (IsDigit(value))
        {
            var next = part == Part.None ? _starts[value - '0'] : Following(places, value);
            state = new(Part.Digits, next);
            return next.Count > 0;
        }
        var isEnd = IsEnd(state);
        state = part == Part.Digits && value is (byte)'.' or (byte)':' ? new(Part.Joint, Following(places, value)) : default;
        return isEnd;
    }

    private bool IsEnd(State state) => state.Part != Part.Digits || state.Places.Count == 0 || state.Places.Exists(place => place == source.Length || !IsDigit(source[place]));

    private List<int> Following(List<int> places, byte value)
    {
        var next = new List<int>();
        foreach (var place in places)
            if (place < source.Length && source[place] == value) next.Add(place + 1);
        return next;
    }

    private static List<int>[] StartsOf(byte[] source)
    {
        List<int>[] starts = [.. Enumerable.Range(0, 10).Select(_ => new List<int>())];
        for (var at = 0; at < source.Length; at++)
            if (IsDigit(source[at]) && (at == 0 || !IsDigit(source[at - 1]))) starts[source[at] - '0'].Add(at + 1);
        return starts;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
