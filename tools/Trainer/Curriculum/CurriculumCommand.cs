using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trainer.Curriculum.Dialogues;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum;

/// <summary>Writes the curriculum: what is learnt, what is held out, and the examination.</summary>
internal static class CurriculumCommand
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var seed = new Option<int>("--seed") { Description = "What the dialogues come from.", DefaultValueFactory = _ => 1 };
        var count = new Option<int>("--count") { Description = "How many dialogues.", DefaultValueFactory = _ => 1000 };
        var file = new Option<string>("--out") { Description = "Where the examples go.", Required = true };
        var heldOut = new Option<string?>("--held-out") { Description = "Where examples of held-out wordings go." };
        var cases = new Option<string?>("--cases") { Description = "Where the examination goes, one case a line." };
        var perIntent = new Option<int>("--per-intent") { Description = "Cases of each intent in the examination, at most.", DefaultValueFactory = _ => 12 };
        var without = new Option<string[]>("--without") { Description = "Examinations, one case a line: nothing that is said in them is said in an example.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("curriculum", "Make the dialogues that the built-in model learns from.") { seed, count, file, heldOut, cases, perIntent, without };
        command.SetAction(parsed =>
        {
            var (from, maker) = (parsed.GetValue(seed), new DialogueMaker(Grammar.BuiltIn));
            var random = new Random(from);
            var (asks, left) = (parsed.GetValue(without)!.SelectMany(Asked).ToHashSet(), parsed.GetValue(count));
            using (var writer = new StreamWriter(parsed.GetValue(file)!))
            {
                while (left > 0)
                {
                    var dialogue = maker.Next(random);
                    if (dialogue.Turns.Any(turn => turn.Role == "user" && asks.Contains(Letters(turn.Content!)))) continue;
                    writer.WriteLine(ExampleLine(Prompt.Pieces(dialogue)));
                    left--;
                }
            }
            var asked = Examination(maker, from + 1, parsed.GetValue(perIntent)).ToArray();
            if (parsed.GetValue(cases) is { } at) File.WriteAllLines(at, asked.Select(CaseLine));
            if (parsed.GetValue(heldOut) is { } held) File.WriteAllLines(held, asked.Where(one => one.Call is not null).Select(one => ExampleLine(Prompt.Pieces(new(one.Tools, [.. one.Turns, new Turn("assistant", null, one.Call)])))));
        });
        return command;
    }

    /// <summary>The examination: so many cases of each intent, fewer where its held-out wordings give no more.</summary>
    public static IEnumerable<Case> Examination(DialogueMaker maker, int seed, int perIntent)
    {
        var (random, seen) = (new Random(seed), new HashSet<string>());
        foreach (var intent in Grammar.BuiltIn.Intents)
        {
            for (var i = 0; i < Math.Max(3, perIntent * Math.Min(4, intent.Weight) / 2); i++)
                if (maker.Examine(intent, random) is { } one && seen.Add(one.Turns[^1].Content!)) yield return one;
        }
    }

    // The last thing that is said in each case.
    private static IEnumerable<string> Asked(string cases) => File.ReadLines(cases).Where(line => line.Length > 0).Select(line =>
    {
        using var document = JsonDocument.Parse(line);
        return Letters(document.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!);
    });

    // Two messages are the same where they differ in capitals and stops alone.
    private static string Letters(string text) => string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c == ' ')).Trim().ToLowerInvariant();

    private static string ExampleLine(IEnumerable<(string Text, bool Learn)> pieces) => Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var (text, learn) in pieces)
        {
            writer.WriteStartObject();
            writer.WriteString("text", text);
            if (learn) writer.WriteBoolean("learn", true);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    internal static string CaseLine(Case one) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("topic", one.Intent.Topic);
        writer.WriteString("intent", one.Intent.Name);
        writer.WriteStartArray("tools");
        foreach (var tool in one.Tools) writer.WriteStringValue(tool);
        writer.WriteEndArray();
        writer.WriteStartArray("messages");
        foreach (var turn in one.Turns)
        {
            writer.WriteStartObject();
            writer.WriteString("role", turn.Role);
            writer.WriteString("content", turn.Content ?? "");
            if (turn.Call is { } made) Write(writer, made);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("expect", one.Expect);
        if (one.Call is { } call) Write(writer, call);
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, ToolCall call)
    {
        writer.WriteString("tool", call.Tool);
        writer.WritePropertyName("arguments");
        writer.WriteRawValue(call.ArgumentsJson());
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain)) write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
