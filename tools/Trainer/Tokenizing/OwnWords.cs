using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Trainer.Examples;

namespace Trainer.Tokenizing;

/// <summary>The words that a model says of its own accord: those of its answers that nobody said before. Its <c>tokenizer_config.json</c> names them, and the program holds its answers to them and to what was said.</summary>
internal static partial class OwnWords
{
    // Seldomer ones are words of the person that a typing error hid.
    private const int Least = 3;

    /// <summary>The words of a file of examples, in order.</summary>
    public static string[] Of(string examples)
    {
        var counts = new Dictionary<string, int>();
        foreach (var pieces in ExampleFile.Read(examples))
        {
            var said = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (text, isLearnt) in pieces)
            {
                var words = Special().Replace(text, " ");
                if (isLearnt && !text.StartsWith("<tool_call>", StringComparison.Ordinal))
                {
                    foreach (Match word in Word().Matches(words))
                        if (!said.Contains(word.Value)) counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;
                }
                said.UnionWith(Word().Matches(words).Select(word => word.Value));
            }
        }
        return [.. counts.Where(count => count.Value >= Least).Select(count => count.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>Writes them into a folder's <c>tokenizer_config.json</c>, where it tells of calls.</summary>
    /// <exception cref="InvalidDataException">It tells nothing of calls.</exception>
    public static void Write(string folder, string[] words)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        (config["tool_calls"] as JsonObject ?? throw new InvalidDataException($"{path} has no tool_calls."))["words"] = string.Join(' ', words);
        File.WriteAllText(path, config.ToJsonString(BpeVocabulary.Indented) + "\n");
    }

    // Numbers are never its own.
    [GeneratedRegex(@"\b[\p{L}_]+\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"<\|\w+\|>")]
    private static partial Regex Special();
}
