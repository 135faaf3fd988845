using System.Globalization;
using System.Reflection;

namespace Trainer.Curriculum.Grammars;

/// <summary>
/// All rules and intents, read from the topics' files. A file has a rule as <c>rule name = one | another</c>, and an intent as
/// <c>intent topic.name [weight]</c> with lines below it: <c>call tool key=value | …</c> or <c>kind chat|refuse|unknown</c>, <c>then tool key=value | …</c> (a second call after the first), <c>after names</c>,
/// <c>like name</c> (results and answers as there), <c>says name</c> (what is said as there), <c>literal</c> (nobody's manner), and templates: <c>u</c> what is said, <c>r</c> a result, <c>s</c> that of the second call, <c>a</c> an answer; <c>m</c> said with
/// an argument missing, <c>q</c> the question that asks for it, <c>f</c> what answers that. A line that begins with a space goes on with the one before.
/// </summary>
internal sealed class Grammar
{
    private static readonly Lazy<Grammar> Embedded = new(() => new(Sources()));

    /// <summary>Reads texts.</summary>
    /// <exception cref="InvalidDataException">A line cannot be read, or names what is not there.</exception>
    public Grammar(IEnumerable<string> sources)
    {
        foreach (var source in sources) Read(source);
    }

    /// <summary>The curriculum that is built in.</summary>
    public static Grammar BuiltIn => Embedded.Value;

    /// <summary>The rules by name.</summary>
    public Dictionary<string, List<Line>> Rules { get; } = [];

    /// <summary>The intents in the order of the files.</summary>
    public List<Intent> Intents { get; } = [];

    private static IEnumerable<string> Sources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".topic", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }

    private void Read(string source)
    {
        Intent? intent = null;
        foreach (var line in source.ReplaceLineEndings("\n").Replace("\n ", " ").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (word, rest) = line.Split(' ', 2) is [var first, var others] ? (first, others.Trim()) : (line, "");
            try
            {
                if (word == "rule") ReadRule(rest);
                else if (word == "intent")
                {
                    var parts = rest.Split(' ');
                    Intents.Add(intent = new Intent { Name = parts[0], Weight = parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 1 });
                }
                else ReadLine(intent ?? throw new InvalidDataException("There is no intent yet."), word, rest);
            }
            catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidDataException($"{line}: {e.Message}", e);
            }
        }
    }

    private void ReadRule(string text)
    {
        var (name, ways) = text.Split('=', 2) is [var left, var right] ? (left.Trim(), Phrase.Split(right)) : throw new InvalidDataException("A rule has a name, =, and alternatives.");
        if (!Rules.TryGetValue(name, out var lines)) Rules[name] = lines = [];
        // Of a few words all are needed; what only refers to other rules is no word.
        lines.AddRange(ways.Select(way => Line.Read(way, ways.Count >= 8 && !way.StartsWith('<') && way.Length > 0)));
    }

    private void ReadLine(Intent intent, string word, string text)
    {
        switch (word)
        {
            case "kind": intent.Kind = text; break;
            case "literal": intent.IsLiteral = true; break;
            case "after": intent.After.AddRange(text.Split(' ')); break;
            case "call":
                var parts = text.Split(' ', 2);
                (intent.Kind, intent.Tool) = ("call", parts[0]);
                if (parts.Length > 1) intent.Arguments.AddRange(Phrase.Split(parts[1]).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1], Phrase.Parse(pair[1].TrimStart('#')))));
                break;
            case "then":
                var second = text.Split(' ', 2);
                intent.SecondTool = second[0];
                intent.SecondArguments.AddRange(Phrase.Split(second[1]).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1], Phrase.Parse(pair[1].TrimStart('#')))));
                break;
            case "like":
                var other = Intents.First(i => i.Name == text);
                intent.Results.AddRange(other.Results);
                intent.Answers.AddRange(other.Answers);
                break;
            case "says": intent.Said.AddRange(Intents.First(i => i.Name == text).Said); break;
            default:
                var lines = word switch { "u" => intent.Said, "r" => intent.Results, "a" => intent.Answers, "m" => intent.Incomplete, "q" => intent.Questions, "f" => intent.Fillings, "s" => intent.SecondResults, _ => throw new InvalidDataException("No such line.") };
                var ways = Phrase.Split(text).Where(way => way.Length > 0).ToArray();
                lines.AddRange(ways.Select(way => Line.Read(way, word is "u" or "m" or "f" && ways.Length >= 5)));
                if (lines.All(line => line.IsHeldOut)) lines[0] = lines[0] with { IsHeldOut = false };
                break;
        }
    }
}
