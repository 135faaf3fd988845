namespace Trainer.Curriculum.Grammars;

/// <summary>A template of an intent or a rule. Some are held out: they are never learnt, and are what a model is examined with.</summary>
/// <param name="Text">The template.</param>
/// <param name="Phrase">It, read.</param>
/// <param name="IsHeldOut">Whether it is for examinations alone.</param>
internal sealed record Line(string Text, Phrase Phrase, bool IsHeldOut)
{
    /// <summary>One in so many, by its text alone, so that a line keeps its side when others come and go. Few: what is held out, a box does not understand.</summary>
    private const int OneIn = 64;

    /// <summary>Reads one.</summary>
    public static Line Read(string text, bool mayBeHeldOut) => new(text, Phrase.Parse(text.Replace("\\n", "\n").Replace("\\(", "\uE002").Replace("\\)", "\uE003")), mayBeHeldOut && Hash(text) % OneIn == 0);

    // FNV-1a: string's own hash is another one in every process.
    private static uint Hash(string text)
    {
        var hash = 2166136261;
        foreach (var c in text) hash = unchecked((hash ^ c) * 16777619);
        // The last bits alone would follow the last letter.
        return hash ^ hash >> 15;
    }
}
