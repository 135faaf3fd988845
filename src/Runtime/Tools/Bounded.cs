namespace Runtime.Tools;

/// <summary>Texts that are cut where they are too long, always with a mark to see it by. Pure.</summary>
public static class Bounded
{
    /// <summary>The text, or its beginning and end with a mark between that says how much is missing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Longest result, characters, the mark not counted.</param>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var head = Whole(text, most * 3 / 4);
        var tail = text.Length - (most - head);
        if (char.IsLowSurrogate(text[tail])) tail++;
        return $"{text[..head]}\n[… {tail - head} characters left out …]\n{text[tail..]}";
    }

    /// <summary>The beginning of a text, and a mark where that is not all.</summary>
    public static string Begin(string text, int most) => text.Length <= most ? text : text[..Whole(text, most)] + "…";

    // Not between the two halves of a character.
    private static int Whole(string text, int length) => length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
}
