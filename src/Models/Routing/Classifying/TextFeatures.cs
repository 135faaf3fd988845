namespace Models.Routing.Classifying;

/// <summary>What a question is like. Guesses: they choose among targets that may see it all. Pure.</summary>
internal static class TextFeatures
{
    // Characters that are looked at.
    private const int Sample = 2000;

    // First and last letter of a script's blocks, and its name.
    private static readonly (char First, char Last, string Name)[] Scripts =
    [
        ('A', '\u024F', "Latn"), ('\u0370', '\u03FF', "Grek"), ('\u0400', '\u052F', "Cyrl"), ('\u0590', '\u05FF', "Hebr"), ('\u0600', '\u06FF', "Arab"), ('\u0900', '\u097F', "Deva"),
        ('\u0E00', '\u0E7F', "Thai"), ('\u3040', '\u30FF', "Jpan"), ('\u4E00', '\u9FFF', "Hani"), ('\uAC00', '\uD7AF', "Kore"),
    ];

    private static readonly string[] CodeMarks = ["```", "();", "=> ", "def ", "class ", "import ", "#include", "function ", "SELECT ", "public ", "return ", "</", "{\n", "console.", "std::", "Traceback", "Exception"];

    /// <summary>True where it is about program code: a block of it, or several things that are seldom elsewhere.</summary>
    public static bool IsCode(string text)
    {
        var marks = 0;
        foreach (var mark in CodeMarks)
            if (text.Contains(mark, StringComparison.Ordinal)) marks++;
        return marks > 2 || text.Contains("```", StringComparison.Ordinal);
    }

    /// <summary>The script most of its letters are in, or null where there are none.</summary>
    public static string? Script(string text)
    {
        Span<int> counts = stackalloc int[Scripts.Length];
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Sample)))
        {
            for (var i = 0; i < Scripts.Length; i++)
                if (c >= Scripts[i].First && c <= Scripts[i].Last && char.IsLetter(c)) counts[i]++;
        }
        var most = 0;
        for (var i = 1; i < counts.Length; i++)
            if (counts[i] > counts[most]) most = i;
        // Kana among Han is Japanese.
        return counts[most] == 0 ? null : Scripts[most].Name == "Hani" && counts[7] * 20 > counts[most] ? "Jpan" : Scripts[most].Name;
    }
}
