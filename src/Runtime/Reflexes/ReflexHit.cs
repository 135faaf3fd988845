using System.Globalization;
using System.Text;
using System.Text.Json;
using Runtime.Reflexes.Languages;
using Runtime.Reflexes.Slots;

namespace Runtime.Reflexes;

/// <summary>A reflex that somebody called, with what they said in its slots. Immutable.</summary>
internal sealed record ReflexHit(Reflex Reflex, Language Language, IReadOnlyList<SlotValue> Slots)
{
    private const string TimeForm = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Who answers, as a transcript says it; a reflex that was taught, where it calls another.</summary>
    public string By { get; init; } = Reflex.By;

    /// <summary>What it is taken for, where it stands for something else to say.</summary>
    public string Instead => Reflex.Says ?? "";

    /// <summary>What a slot holds as it was said; empty where it holds nothing.</summary>
    public string Said(string slot) => Slots.FirstOrDefault(s => s.Name == slot).Said ?? "";

    /// <summary>The arguments of its call, with what was said in the place of slots.</summary>
    public Dictionary<string, object?> Arguments()
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in JsonElement.Parse(Reflex.Arguments).EnumerateObject())
            arguments[member.Name] = member.Value.ValueKind == JsonValueKind.String ? Fill(member.Value.GetString()!, Value) : member.Value;
        return arguments;

        string? Value(string name) => Slots.FirstOrDefault(s => s.Name == name).Value;
    }

    /// <summary>What is answered.</summary>
    /// <param name="result">What the tool said; empty where none was called.</param>
    public string Answer(string result)
    {
        var time = TimeIn(result);
        // Where a word is missing the tool speaks for itself.
        return Reflex.Answers.Count > 0 && Fill(Reflex.Answers[0], Word) is { } text ? text : result.Trim();

        string? Word(string name) => name switch
        {
            "result" => result.Trim(),
            "jobs" => string.Join('\n', result.Trim().Split('\n').Select(JobLine)),
            "clock" => time?.ToString("HH:mm", CultureInfo.InvariantCulture),
            "day" => time?.Day.ToString(CultureInfo.InvariantCulture),
            "year" => time?.Year.ToString(CultureInfo.InvariantCulture),
            "weekday" => time is { } t ? Weekday(t) : null,
            "month" => time is { } t ? Language.Lists.InOrder.GetValueOrDefault("months")?.ElementAtOrDefault(t.Month - 1) : null,
            _ => Slots.FirstOrDefault(s => s.Name == name).Said,
        };
    }

    // A line of cron's list (id, schedule, next time, text) as people want it: what for, and when next.
    private string JobLine(string line) =>
        line.Split("  ", 4) is [_, _, var next, var text] && TimeIn(next) is { } time ? $"- {text}, {Weekday(time)} {time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}" : line;

    private string? Weekday(DateTime time) => Language.Lists.InOrder.GetValueOrDefault("weekdays")?.ElementAtOrDefault((int)time.DayOfWeek);

    // Null where a word is not known.
    private static string? Fill(string template, Func<string, string?> word)
    {
        var text = new StringBuilder();
        for (var at = 0; ;)
        {
            var begin = template.IndexOf('{', at);
            var end = begin < 0 ? -1 : template.IndexOf('}', begin);
            if (end < 0) return text.Append(template, at, template.Length - at).ToString();
            if (word(template[(begin + 1)..end]) is not { } value) return null;
            text.Append(template, at, begin - at).Append(value);
            at = end + 1;
        }
    }

    private static DateTime? TimeIn(string text)
    {
        for (var at = 0; at + TimeForm.Length <= text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]) && DateTime.TryParseExact(text.AsSpan(at, TimeForm.Length), TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        }
        return null;
    }
}
