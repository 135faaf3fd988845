namespace Models.Generation.Copying;

/// <summary>
/// How well the bytes of a JSON string go on with what is copied from a text: word by word as they stand there, from where a word begins to
/// where one ends, from the string's beginning on. After a comma another place of the text may follow ("milk and tea" as "milk, tea").
/// </summary>
/// <param name="source">The text.</param>
/// <param name="isWhole">Whether what is copied goes on to the end of its phrase, if in doubt.</param>
internal sealed class CopiedWords(byte[] source, bool isWhole = false)
{
    /// <summary>What <see cref="Cost"/> gives where the string ends before the phrase does, if it should not.</summary>
    public const int EarlyEnd = 1;

    /// <summary>What <see cref="Cost"/> gives where a word begins that does not come next in the text.</summary>
    public const int OtherWord = 1;

    /// <summary>What it gives where a word begins that is nowhere in the text.</summary>
    public const int UnknownWord = 3;

    /// <summary>What it gives where a word of the text is left in its middle.</summary>
    public const int BrokenWord = 10;

    private readonly int[][] _starts = StartsOf(source);
    private State _state;

    // Places: where in the text what was spelled goes on; null where any word may begin. Lost: in a word that is not in the text.
    private record struct State(List<int>? Places, bool IsLost, bool IsEscaped);

    /// <summary>Takes bytes that came, at most up to the quotation mark that ends the string.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            if (Step(value, ref _state, out _)) return;
    }

    /// <summary>What is against these bytes: 0, <see cref="EarlyEnd"/>, <see cref="OtherWord"/>, <see cref="UnknownWord"/> or <see cref="BrokenWord"/>. What comes after the string's end does not count.</summary>
    public int Cost(ReadOnlySpan<byte> bytes)
    {
        var (state, most, begun) = (_state, 0, _state.Places is not { } places || places.TrueForAll(IsBeginning));
        foreach (var value in bytes)
        {
            var isEnd = Step(value, ref state, out var cost);
            // A word that these bytes begin is one that is nowhere, however far it goes along with another.
            most = Math.Max(most, begun ? Math.Min(cost, UnknownWord) : cost);
            if (isEnd) break;
            begun |= value == ' ';
        }
        return most;
    }

    // True where the string ends.
    private bool Step(byte value, ref State state, out int cost)
    {
        cost = 0;
        if (!state.IsEscaped && value == '\\')
        {
            // What comes after it is a quotation mark, a backslash or a line's end: where none comes next, it leaves the word.
            if (!state.IsLost && state.Places is { } from && !from.Exists(place => place < source.Length && source[place] is (byte)'"' or (byte)'\\' or < (byte)' ')) cost = IsAtEnd(from) ? OtherWord : BrokenWord;
            state.IsEscaped = true;
            return false;
        }
        if (!state.IsEscaped && value == '"')
        {
            if (!state.IsLost && state.Places is { } ends) cost = !IsAtEnd(ends) ? BrokenWord : isWhole && ends.TrueForAll(GoesOn) ? EarlyEnd : 0;
            return true;
        }
        var plain = !state.IsEscaped ? value : value switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', _ => value };
        state.IsEscaped = false;
        if (state.IsLost)
        {
            if (plain == ' ') state = default;
            return false;
        }
        if (state.Places is not { } places)
        {
            if (plain is not ((byte)' ' or (byte)',')) Begin(plain, ref state, ref cost);
            return false;
        }
        var next = Following(places, plain);
        if (next.Count > 0) state.Places = next;
        else if (plain == ',' && IsAtEnd(places)) state.Places = null;
        else if (plain == ' ' && IsAtEnd(places)) (state.Places, cost) = (null, OtherWord);
        else if (places.TrueForAll(IsBeginning)) Begin(plain, ref state, ref cost, OtherWord);
        else (state.IsLost, cost) = (plain != ' ', BrokenWord);
        return false;
    }

    private void Begin(byte first, ref State state, ref int cost, int least = 0)
    {
        var places = _starts[first].Select(start => start + 1).ToList();
        cost = places.Count > 0 ? least : UnknownWord;
        state = new(places, IsLost: places.Count == 0, IsEscaped: false);
    }

    private List<int> Following(List<int> places, byte value)
    {
        var next = new List<int>();
        foreach (var place in places)
            if (place < source.Length && source[place] == value) next.Add(place + 1);
        return next;
    }

    // Another word comes, and nothing but a space before it.
    private bool GoesOn(int place) => place + 1 < source.Length && source[place] == ' ' && IsWord(source[place + 1]);

    private bool IsBeginning(int place) => place > 0 && source[place - 1] == ' ';

    // Only punctuation stands before the next space.
    private bool IsAtEnd(List<int> places)
    {
        foreach (var place in places)
        {
            var at = place;
            while (at < source.Length && !IsWord(source[at]) && source[at] > ' ') at++;
            if ((at == source.Length || source[at] <= ' ') && !IsBeginning(place)) return true;
        }
        return false;
    }

    private static int[][] StartsOf(byte[] source)
    {
        var starts = new List<int>[256];
        for (var at = 0; at < source.Length; at++)
        {
            if (source[at] <= ' ' || at > 0 && IsWord(source[at - 1])) continue;
            (starts[source[at]] ??= []).Add(at);
            // Who begins a message writes a small word large.
            if ((at == 0 || source[at - 1] == '\n') && char.IsAsciiLetterUpper((char)source[at])) (starts[source[at] | 0x20] ??= []).Add(at);
        }
        return [.. starts.Select(some => some?.ToArray() ?? [])];
    }

    // Bytes above ASCII belong to letters.
    internal static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or >= 0x80;
}
