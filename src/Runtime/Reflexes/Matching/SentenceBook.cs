namespace Runtime.Reflexes.Matching;

/// <summary>
/// Sentences that are looked for, in few bytes: <c>set [a|the] (timer|alarm) for {duration}</c>. What stands in <c>( )</c> is one of several,
/// what stands in <c>[ ]</c> may be left out, and <c>{ }</c> names a slot; everything else are words. Filled by one thread, then read by many.
/// </summary>
internal sealed class SentenceBook
{
    private const int MostSteps = 400;

    private static readonly System.Buffers.SearchValues<char> Marks = System.Buffers.SearchValues.Create("()[]{}|");

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly List<SentenceStep> _steps = [];
    private readonly List<string> _slots = [];

    /// <summary>The steps of all sentences, one sentence after the other.</summary>
    public IReadOnlyList<SentenceStep> Steps => _steps;

    /// <summary>The names of slots, by their numbers.</summary>
    public IReadOnlyList<string> Slots => _slots;

    /// <summary>The number of a word that stands in a sentence; -1 for another.</summary>
    public int WordOf(string key) => _words.GetValueOrDefault(key, -1);

    /// <summary>Adds a sentence.</summary>
    /// <returns>Its first step.</returns>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public int Add(string sentence)
    {
        var first = _steps.Count;
        var at = 0;
        try
        {
            Alternatives(sentence, ref at, '\0', isOptional: false, depth: 0);
            if (_steps.Count - first > MostSteps) throw new FormatException("it is too long");
            if (CanBeEmpty(first)) throw new FormatException("nothing in it must be said");
        }
        catch (FormatException)
        {
            _steps.RemoveRange(first, _steps.Count - first);
            throw;
        }
        _steps.Add(new(SentenceOp.End, 0));
        return first;
    }

    // a|b|c: a split before each but the last, and a jump behind each but the last.
    private void Alternatives(string text, ref int at, char close, bool isOptional, int depth)
    {
        if (depth > 8) throw new FormatException("brackets are too deep in each other");
        var ends = new List<int>();
        while (true)
        {
            var split = _steps.Count;
            _steps.Add(default);
            Sequence(text, ref at, depth);
            var isLast = at == text.Length || text[at] != '|';
            if (isLast && !isOptional)
            {
                // The last one needs no split; a jump to the next step stands in its place.
                _steps[split] = new(SentenceOp.Jump, split + 1);
                break;
            }
            ends.Add(_steps.Count);
            _steps.Add(default);
            _steps[split] = new(SentenceOp.Split, _steps.Count);
            if (isLast) break;
            at++;
        }
        if (close != '\0')
        {
            if (at == text.Length || text[at] != close) throw new FormatException($"a {close} is missing");
            at++;
        }
        else if (at < text.Length) throw new FormatException($"{text[at]} has no beginning");
        foreach (var end in ends) _steps[end] = new(SentenceOp.Jump, _steps.Count);
    }

    private void Sequence(string text, ref int at, int depth)
    {
        while (at < text.Length && text[at] is not ('|' or ')' or ']'))
        {
            if (text[at] is '(' or '[')
            {
                var isOptional = text[at++] == '[';
                Alternatives(text, ref at, isOptional ? ']' : ')', isOptional, depth + 1);
            }
            else if (text[at] == '{')
            {
                var end = text.IndexOf('}', at);
                if (end < at + 2) throw new FormatException("a } is missing");
                _steps.Add(new(SentenceOp.Slot, SlotOf(text[(at + 1)..end])));
                at = end + 1;
            }
            else
            {
                var end = text.AsSpan(at).IndexOfAny(Marks);
                var words = end < 0 ? text[at..] : text.Substring(at, end);
                if (words.Length == 0) throw new FormatException($"{text[at]} has no beginning");
                foreach (var key in Utterance.KeyOf(words).Split(' ', StringSplitOptions.RemoveEmptyEntries)) _steps.Add(new(SentenceOp.Word, NumberOf(key)));
                at += words.Length;
            }
        }
    }

    private bool CanBeEmpty(int first)
    {
        var open = new Stack<int>([first]);
        var seen = new HashSet<int>();
        while (open.TryPop(out var at))
        {
            if (at == _steps.Count) return true;
            if (!seen.Add(at)) continue;
            if (_steps[at].Op is SentenceOp.Split or SentenceOp.Jump) open.Push(_steps[at].Argument);
            if (_steps[at].Op is SentenceOp.Split) open.Push(at + 1);
        }
        return false;
    }

    private int NumberOf(string key)
    {
        if (!_words.TryGetValue(key, out var number)) _words[key] = number = _words.Count;
        return number;
    }

    private int SlotOf(string name)
    {
        if (!name.All(char.IsAsciiLetterOrDigit)) throw new FormatException($"{{{name}}} is no name of a slot");
        var number = _slots.IndexOf(name);
        if (number >= 0) return number;
        _slots.Add(name);
        return _slots.Count - 1;
    }
}
