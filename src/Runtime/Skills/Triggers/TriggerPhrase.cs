namespace Runtime.Skills.Triggers;

/// <summary>
/// What somebody says to call a skill: whole words, in this order, anywhere in a short message; <c>{name}</c> stands for one word or more, up to
/// the next word of the phrase, or to the message's end. Small and capital letters are the same, punctuation around words does not count. The
/// same message always gives the same: the earliest place, and there the shortest text for every name but the last. Immutable.
/// </summary>
public sealed class TriggerPhrase
{
    private const int MostParts = 16;

    private readonly IReadOnlyList<(string Text, bool IsName)> _parts;

    private TriggerPhrase(string text, IReadOnlyList<(string, bool)> parts) => (Text, _parts) = (text, parts);

    /// <summary>The phrase as it was written.</summary>
    public string Text { get; }

    /// <summary>Words of it that must be said.</summary>
    public int Words => _parts.Count(part => !part.IsName);

    /// <summary>Reads a phrase.</summary>
    /// <exception cref="SkillException">It says nothing, is too long, or its names are not names.</exception>
    public static TriggerPhrase Read(string text)
    {
        var parts = new List<(string Text, bool IsName)>();
        foreach (var piece in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (piece is ['{', .., '}'])
            {
                var name = piece[1..^1];
                if (!IsName(name) || name == SkillTrigger.MessageArgument) throw new SkillException($"The trigger \"{text}\" has {piece}, which is no name: a letter and then letters, digits and _, 32 at most, and not {SkillTrigger.MessageArgument}.");
                if (parts.Contains((name, true))) throw new SkillException($"The trigger \"{text}\" has {piece} twice.");
                if (parts is [.., (_, true)]) throw new SkillException($"The trigger \"{text}\" has two names with no word between them.");
                parts.Add((name, true));
            }
            else if (MessageWords.KeyOf(piece) is { Length: > 0 } key) parts.Add((key, false));
        }
        if (parts.Count > MostParts) throw new SkillException($"The trigger \"{text}\" has more than {MostParts} words.");
        return parts.Exists(part => !part.IsName) ? new TriggerPhrase(text, parts) : throw new SkillException($"The trigger \"{text}\" has no word in it that must be said.");
    }

    /// <summary>True for what a name may be: a letter and then letters, digits and <c>_</c>, 32 at most.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 32 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>The texts for its names where a message has it; null where it has not.</summary>
    internal IReadOnlyDictionary<string, string>? Match(MessageWords message)
    {
        for (var start = 0; start < message.Count; start++)
            if (MatchAt(message, start) is { } found) return found;
        return null;
    }

    private Dictionary<string, string>? MatchAt(MessageWords message, int start)
    {
        var (at, found) = (start, new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < _parts.Count; i++)
        {
            if (at >= message.Count) return null;
            if (!_parts[i].IsName)
            {
                if (message.Key(at++) != _parts[i].Text) return null;
                continue;
            }
            var end = i == _parts.Count - 1 ? message.Count : at + 1;
            // The words up to the next name come together: the first place that has them is the one, for what follows can only gain by it.
            while (end < message.Count && !HasWordsAt(message, end, i + 1)) end++;
            if (end == message.Count && i < _parts.Count - 1) return null;
            found.Add(_parts[i].Text, message.Between(at, end));
            at = end;
        }
        return found;
    }

    private bool HasWordsAt(MessageWords message, int at, int part)
    {
        for (; part < _parts.Count && !_parts[part].IsName; part++, at++)
            if (at >= message.Count || message.Key(at) != _parts[part].Text) return false;
        return true;
    }
}
