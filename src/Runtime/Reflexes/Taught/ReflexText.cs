using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Taught;

/// <summary>The text of a file of reflexes, entry by entry; what its owner wrote between them stays. Pure.</summary>
internal static class ReflexText
{
    /// <summary>A text with one more entry at its end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="head">What stands behind <c>=</c>.</param>
    /// <param name="phrase">What is said, as a person says it.</param>
    /// <param name="answer">What is answered; null for what the action says.</param>
    public static string With(string text, string head, string phrase, string? answer = null)
    {
        var entry = $"= {head}\n{Sentence(phrase)}\n{(answer is null ? "" : $"> {answer.ReplaceLineEndings(" ")}\n")}";
        return text.TrimEnd() is { Length: > 0 } before ? $"{before}\n\n{entry}" : entry;
    }

    /// <summary>A text without an entry, and that entry; the entry is null where there is none of that name.</summary>
    public static (string Text, string? Entry) Without(string text, string name)
    {
        var (kept, gone) = (new List<string>(), new List<string>());
        var isGone = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("= ", StringComparison.Ordinal)) isGone = line[2..].Split(':')[0].Trim() == name;
            // A remark belongs to what follows it.
            else if (line.StartsWith('#')) isGone = false;
            (isGone ? gone : kept).Add(line);
        }
        return (string.Join('\n', kept), gone.Count > 0 ? string.Join('\n', gone).TrimEnd() : null);
    }

    /// <summary>A phrase as a sentence of a file: its words, nothing that means something there.</summary>
    public static string Sentence(string phrase) => string.Join(' ', Utterance.KeyOf(phrase).Split(' ').Where(key => key is not ("." or "(" or ")")));

    /// <summary>A name for a phrase that none of the others has.</summary>
    public static string NameFor(string phrase, Func<string, bool> isTaken)
    {
        var words = Utterance.KeyOf(phrase).Split(' ').Select(key => string.Concat(key.Where(char.IsAsciiLetterOrDigit))).Where(word => word.Length > 0);
        var name = string.Join('-', words);
        if (name.Length > 40) name = name[..40].TrimEnd('-');
        if (name.Length == 0) name = "taught";
        if (!isTaken(name)) return name;
        for (var number = 2; ; number++)
        {
            if (!isTaken($"{name}-{number}")) return $"{name}-{number}";
        }
    }
}
