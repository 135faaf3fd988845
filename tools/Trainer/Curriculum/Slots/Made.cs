namespace Trainer.Curriculum.Slots;

/// <summary>Words and codes that nobody has seen: whoever repeats one has copied it.</summary>
internal static class Made
{
    private static readonly string[] Onsets = ["b", "bl", "br", "c", "ch", "cl", "cr", "d", "dr", "f", "fl", "fr", "g", "gl", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "pr", "qu", "r", "s", "sc", "sh", "sl", "sm", "sn", "sp", "st", "str", "sw", "t", "th", "tr", "v", "w", "wh", "y", "z", "", ""];
    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou", "ie", "y", "oa", "a", "e", "i", "o", "u"];
    private static readonly string[] Codas = ["", "", "", "", "n", "r", "l", "t", "s", "m", "d", "ck", "p", "g", "nd", "st", "rt", "ng", "x", "sh", "lt", "mp", "rn", "ll", "ss", "nk"];
    private const string Letters = "abcdefghijklmnopqrstuvwxyz", LettersAndDigits = "abcdefghijkmnpqrstuvwxyz0123456789";

    /// <summary>A word of one to three syllables.</summary>
    public static string Word(Random random)
    {
        var count = random.Next(10) switch { < 3 => 1, < 8 => 2, _ => 3 };
        var word = string.Concat(Enumerable.Range(0, count).Select(_ => Pick(Onsets, random) + Pick(Vowels, random) + (random.Next(2) == 0 ? Pick(Codas, random) : "")));
        return word.Length < 3 ? Word(random) : word;
    }

    /// <summary>A job's name as the box gives it.</summary>
    public static string Id(Random random) => string.Concat(Enumerable.Range(0, 8).Select(_ => "0123456789abcdef"[random.Next(16)]));

    /// <summary>A password or a number that somebody wants remembered.</summary>
    public static string Code(Random random) => random.Next(4) switch
    {
        0 => string.Concat(Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('0' + random.Next(10)))),
        1 => $"{Word(random)}{random.Next(10, 9999)}",
        2 => string.Concat(Enumerable.Range(0, random.Next(4, 11)).Select(_ => LettersAndDigits[random.Next(LettersAndDigits.Length)])),
        _ => $"{char.ToUpperInvariant(Letters[random.Next(26)])}{char.ToUpperInvariant(Letters[random.Next(26)])}-{random.Next(10, 99999)}",
    };

    /// <summary>One of several.</summary>
    public static T Pick<T>(IReadOnlyList<T> from, Random random) => from[random.Next(from.Count)];
}
