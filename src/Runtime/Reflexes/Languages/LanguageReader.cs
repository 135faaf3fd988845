using System.Text.Json;
using Models;

namespace Runtime.Reflexes.Languages;

/// <summary>
/// Reads files of reflexes: <c>= NAME: TOOL {"argument": "{slot}"}</c> begins one, the lines below are its sentences, <c>&gt; …</c> what is answered,
/// <c>@ list: word=value | …</c> are words, and <c># …</c> is for people.
/// </summary>
internal static class LanguageReader
{
    private const int LongestLine = 4000;

    /// <summary>Reads a file.</summary>
    /// <param name="text">What is in it.</param>
    /// <param name="source">Its name, for errors and lists.</param>
    /// <param name="words">The language whose words its sentences use; null where it has its own.</param>
    /// <exception cref="ModelException">A line says nothing that can be understood.</exception>
    public static Language Read(string text, string source, Language? words)
    {
        var language = new Language(source, words);
        var (number, begun) = (0, false);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.Trim().ToString();
            if (line.Length == 0 || line[0] == '#') continue;
            try
            {
                if (line.Length > LongestLine) throw new FormatException($"a line has {LongestLine} characters at most");
                if (line.StartsWith("= ", StringComparison.Ordinal))
                {
                    language.Begin(Head(line[2..].Trim(), source, words is null));
                    begun = true;
                }
                else if (line.StartsWith("@ ", StringComparison.Ordinal)) Words(language, line[2..]);
                else if (!begun) throw new FormatException("sentences stand below a line that begins with \"= \"");
                else if (line[0] == '>') language.AddAnswer(line[1..].Trim());
                else language.AddSentence(line);
            }
            catch (Exception e) when (e is FormatException or JsonException)
            {
                throw new ModelException($"{source}, line {number}: {e.Message}. Nothing of this file is used until it is mended.", e);
            }
        }
        language.End();
        return language;
    }

    /// <summary>True for what a reflex may be called.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static Reflex Head(string head, string source, bool isBuiltIn)
    {
        var colon = head.IndexOf(':');
        var name = (colon < 0 ? head : head[..colon]).Trim();
        if (!IsName(name)) throw new FormatException($"\"{name}\" is no name: small letters, digits and -, 64 at most");
        var reflex = new Reflex(name, source) { IsBuiltIn = isBuiltIn };
        if (colon < 0) return reflex;
        var action = head[(colon + 1)..].Trim();
        var space = action.IndexOf(' ');
        if (space < 0) return reflex with { Action = action };
        var arguments = action[space..].Trim();
        if (JsonElement.Parse(arguments).ValueKind != JsonValueKind.Object) throw new FormatException("arguments are a JSON object");
        return reflex with { Action = action[..space], Arguments = arguments };
    }

    private static void Words(Language language, string line)
    {
        var colon = line.IndexOf(':');
        if (colon < 1) throw new FormatException("a list of words is written @ NAME: word=value | word=value");
        var (name, rest) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
        if (name is "weekdays" or "months") language.Lists.InOrder[name] = rest.Split('|', StringSplitOptions.TrimEntries);
        else language.Lists.Add(name, rest);
    }
}
