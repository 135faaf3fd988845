using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>Words that mean something, one or more of them together: <c>half past=30</c>. There are a thousand in a language, so each is two texts and no more. Filled by one thread, then read by many.</summary>
internal sealed class PhraseList
{
    // By their first words; of those with the same one the longest first: it says most.
    private readonly List<(string Phrase, string Value)> _phrases = [];

    /// <summary>Adds what a line says: <c>a=1 | one=1 | dozen=12</c>; a phrase without a value stands for itself.</summary>
    public void Add(string line)
    {
        foreach (var item in line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = item.LastIndexOf('=');
            Add(equals < 0 ? item : item[..equals], equals < 0 ? item : item[(equals + 1)..].Trim());
        }
    }

    /// <summary>Adds one phrase.</summary>
    public void Add(string phrase, string value)
    {
        var key = Utterance.KeyOf(phrase);
        if (key.Length == 0) return;
        var first = First(key);
        var at = Begin(first);
        while (at < _phrases.Count && First(_phrases[at].Phrase).SequenceEqual(first) && _phrases[at].Phrase.Length >= key.Length) at++;
        _phrases.Insert(at, (key, value));
    }

    /// <summary>The longest phrase that stands at a place: its value and the word behind it; null where there is none.</summary>
    public (string Value, int End)? Find(IReadOnlyList<Token> tokens, int at, int end)
    {
        foreach (var found in All(tokens, at, end)) return found;
        return null;
    }

    /// <summary>All phrases that stand at a place, the longest first.</summary>
    public IEnumerable<(string Value, int End)> All(IReadOnlyList<Token> tokens, int at, int end)
    {
        if (at >= end) yield break;
        for (var i = Begin(tokens[at].Key); i < _phrases.Count && First(_phrases[i].Phrase).SequenceEqual(tokens[at].Key); i++)
        {
            if (Stands(_phrases[i].Phrase, tokens, at, end) is { } behind) yield return (_phrases[i].Value, behind);
        }
    }

    private static int? Stands(string phrase, IReadOnlyList<Token> tokens, int at, int end)
    {
        foreach (var range in phrase.AsSpan().Split(' '))
        {
            if (at >= end || !phrase.AsSpan(range).SequenceEqual(tokens[at].Key)) return null;
            at++;
        }
        return at;
    }

    // The first phrase whose first word is that one, or would be behind it.
    private int Begin(ReadOnlySpan<char> first)
    {
        var (low, high) = (0, _phrases.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (First(_phrases[middle].Phrase).SequenceCompareTo(first) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static ReadOnlySpan<char> First(string phrase) => phrase.IndexOf(' ') is var space and >= 0 ? phrase.AsSpan(0, space) : phrase;
}
