using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>Words that mean something, one or more of them together: <c>half past=30</c>. Filled by one thread, then read by many.</summary>
internal sealed class PhraseList
{
    private readonly Dictionary<string, List<(string[] Words, string Value)>> _byFirst = new(StringComparer.Ordinal);

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
        var words = Utterance.KeyOf(phrase).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return;
        if (!_byFirst.TryGetValue(words[0], out var list)) _byFirst[words[0]] = list = [];
        list.Add((words, value));
        // The longest first: it says most.
        list.Sort((a, b) => b.Words.Length - a.Words.Length);
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
        if (at >= end || !_byFirst.TryGetValue(tokens[at].Key, out var list)) yield break;
        foreach (var (words, value) in list)
        {
            if (at + words.Length > end) continue;
            var i = 1;
            while (i < words.Length && tokens[at + i].Key == words[i]) i++;
            if (i == words.Length) yield return (value, at + words.Length);
        }
    }
}
