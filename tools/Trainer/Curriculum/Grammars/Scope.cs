using System.Text;
using Trainer.Curriculum.Slots;

namespace Trainer.Curriculum.Grammars;

/// <summary>What one dialogue is made with: its random numbers, its values, and whether it is for an examination.</summary>
/// <param name="grammar">The rules.</param>
/// <param name="random">The random numbers.</param>
/// <param name="isHeldOut">True where what is held out may be used.</param>
internal sealed class Scope(Grammar grammar, Random random, bool isHeldOut)
{
    /// <summary>Stand around what a person's mistakes leave alone: the values.</summary>
    public const char Opens = '\uE000', Closes = '\uE001';

    // What is understood and not copied is written in as many manners as the rest.
    private static readonly string[] Understood = ["dur", "every", "clock", "at", "daily", "expr", "again", "spelt", "squared"];

    private readonly Dictionary<string, SlotValue> _values = [];

    /// <summary>The random numbers.</summary>
    public Random Random => random;

    /// <summary>True where what is held out may be used.</summary>
    public bool IsHeldOut => isHeldOut;

    /// <summary>How many held-out lines were used.</summary>
    public int HeldOutUsed { get; private set; }

    /// <summary>The values so far.</summary>
    public IReadOnlyDictionary<string, SlotValue> Values => _values;

    /// <summary>The same values, for an examination.</summary>
    public Scope Examining()
    {
        var scope = new Scope(grammar, random, isHeldOut: true);
        foreach (var (name, value) in _values) scope._values[name] = value;
        return scope;
    }

    /// <summary>One of some lines, filled in; null where there are none that may be used.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="isMarked">True to put marks around values.</param>
    public string? OneOf(IReadOnlyList<Line> lines, bool isMarked = false)
    {
        var usable = isHeldOut && lines.Any(line => line.IsHeldOut) ? [.. lines.Where(line => line.IsHeldOut)] : Usable(lines);
        return usable.Count == 0 ? null : Expand(Take(usable), isMarked);
    }

    /// <summary>A tool's result, filled in with its spaces and lines as the template has them; null where there is none.</summary>
    public string? ResultOf(IReadOnlyList<Line> lines)
    {
        if (lines.Count == 0) return null;
        var text = new StringBuilder();
        Write(Take(Usable(lines)), text, isMarked: false);
        return text.ToString();
    }

    /// <summary>A template, filled in.</summary>
    public string Expand(Phrase phrase, bool isMarked = false)
    {
        var text = new StringBuilder();
        Write(phrase, text, isMarked);
        // What may be left out leaves its spaces.
        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace(" ,", ",").Replace(" ?", "?");
    }

    /// <summary>A slot's value; it is made the first time.</summary>
    public SlotValue Value(string name)
    {
        if (_values.TryGetValue(name, out var value)) return value;
        var kind = name.TrimEnd('2', '3', '4', '5', '6');
        return _values[name] = SlotTable.Makers.TryGetValue(kind, out var make) ? make(this) : new SlotValue(Cased(Plain(Expand(Take(Usable(Rule(kind)))).Trim())));
    }

    /// <summary>A rule, expanded anew.</summary>
    public string Of(string rule) => Plain(Expand(new Phrase.Rule(rule)));

    /// <summary>A text without marks.</summary>
    public static string Plain(string text) => text.Replace($"{Opens}", "").Replace($"{Closes}", "");

    // Half of the people write "I" for themselves, also in what is to be copied.
    private string Cased(string value) => random.Next(2) == 0 ? value : $" {value} ".Replace(" i ", " I ").Replace(" i'", " I'").Trim();

    private List<Line> Rule(string name) => grammar.Rules.TryGetValue(name, out var lines) ? lines : throw new InvalidDataException($"There is no rule or slot {name}.");

    private List<Line> Usable(IReadOnlyList<Line> lines) => [.. lines.Where(line => isHeldOut || !line.IsHeldOut)];

    private Phrase Take(IReadOnlyList<Line> lines)
    {
        var line = lines[random.Next(lines.Count)];
        if (line.IsHeldOut) HeldOutUsed++;
        return line.Phrase;
    }

    private void Write(Phrase phrase, StringBuilder text, bool isMarked)
    {
        switch (phrase)
        {
            case Phrase.Words words: text.Append(words.Text); break;
            case Phrase.Sequence sequence: foreach (var part in sequence.Parts) Write(part, text, isMarked); break;
            case Phrase.Choice choice: Write(choice.Ways[random.Next(choice.Ways.Count)], text, isMarked); break;
            case Phrase.Rule { Name: "w" }: text.Append(Made.Word(random)); break;
            case Phrase.Rule { Name: "W" }:
                var word = Of("v");
                text.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
                break;
            case Phrase.Rule rule: Write(Take(Usable(Rule(rule.Name))), text, isMarked); break;
            case Phrase.Slot slot:
                var value = Value(slot.Name).In(slot.Form);
                text.Append(isMarked && value.Length > 0 && !Understood.Contains(slot.Name.TrimEnd('2')) ? $"{Opens}{value}{Closes}" : value);
                break;
        }
    }
}
