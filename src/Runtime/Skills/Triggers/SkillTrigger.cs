using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runtime.Skills.Triggers;

/// <summary>A skill that a message calls by its words, without a model. Immutable.</summary>
/// <param name="Skill">Its name.</param>
/// <param name="Input">What its program gets, an object: the message, and the texts for the names of its phrase.</param>
public sealed record SkillTrigger(string Skill, JsonElement Input)
{
    /// <summary>The argument with the whole message in it.</summary>
    public const string MessageArgument = "text";

    /// <summary>The one skill that a message calls, or null. Of several the one whose phrase has most words, then the first by name. Pure.</summary>
    /// <param name="skills">Skills there are, in the order of their names; those that cannot be used do not count.</param>
    /// <param name="message">What a person said.</param>
    public static SkillTrigger? Find(IEnumerable<Skill> skills, string message)
    {
        if (MessageWords.Of(message) is not { } words) return null;
        var (most, best) = (0, (SkillTrigger?)null);
        foreach (var skill in skills)
        {
            if (!skill.IsEligible || skill.Manifest!.Program is not { } program) continue;
            foreach (var phrase in program.Triggers)
            {
                if (phrase.Words <= most || phrase.Match(words) is not { } found) continue;
                (most, best) = (phrase.Words, new SkillTrigger(skill.Name, Arguments(message, found)));
            }
        }
        return best;
    }

    private static JsonElement Arguments(string message, IReadOnlyDictionary<string, string> found)
    {
        using var json = new MemoryStream();
        // A person reads it when asked: words stay as they were said.
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(MessageArgument, message);
            foreach (var (name, text) in found) writer.WriteString(name, text);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(json.ToArray());
    }
}
