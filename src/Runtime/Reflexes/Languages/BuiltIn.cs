namespace Runtime.Reflexes.Languages;

/// <summary>The languages that come with the box. Read when somebody first says something; then kept. Safe for several threads.</summary>
internal static class BuiltIn
{
    private static readonly string[] Names = ["en", "de", "zh"];
    private static readonly Lazy<IReadOnlyList<Language>> Read = new(() => [.. Names.Select(name => LanguageReader.Read(TextOf(name), $"{name}.txt", null))]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Language> All => Read.Value;

    /// <summary>True for a file that stands in the place of one of them.</summary>
    public static bool Replaces(string file) => Names.Any(name => file == $"{name}.txt");

    /// <summary>Whose words the sentences of a file use: <c>de-kitchen.txt</c> German ones, and a file that names no language English ones.</summary>
    public static Language WordsFor(string file) => All.FirstOrDefault(language => file.StartsWith(language.Source[..2] + "-", StringComparison.Ordinal)) ?? All[0];

    /// <summary>The text of one, for an owner who writes another.</summary>
    public static string TextOf(string name)
    {
        using var stream = typeof(BuiltIn).Assembly.GetManifestResourceStream($"reflexes/{name}.txt") ?? throw new InvalidOperationException($"The language {name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
