using System.Text.Json;
using Runtime.Skills.Triggers;

namespace Runtime.Skills.Format;

/// <summary>
/// Reads the config.json of a skill that is a program: <c>{"name", "description", "version", "license", "triggers": […], "arguments": {name: what it
/// means}, "timeout": seconds, "workspace": "none" | "read" | "write"}</c>. The first two must be there. Pure: nothing of it is run or looked up.
/// </summary>
internal static class SkillConfig
{
    private const int MostTriggers = 32, MostArguments = 16, LongestText = 200;

    private static readonly string[] Fields = ["name", "description", "version", "license", "triggers", "arguments", "timeout", "workspace", "network"];

    /// <summary>Reads one.</summary>
    /// <exception cref="SkillException">It is not as above; the message says what is wrong.</exception>
    public static SkillManifest Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Fault("it must hold an object");
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Fault($"it is not valid JSON ({e.Message})");
        }
    }

    private static SkillManifest Read(JsonElement root)
    {
        if (root.EnumerateObject().GroupBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw Fault($"{twice.Key} is there twice");
        var name = Text(root, "name", 64) ?? throw Fault("it has no name");
        if (SkillName.Problem(name) is { } problem) throw Fault(problem);
        var program = new SkillProgram
        {
            Triggers = [.. Each(root, "triggers", JsonValueKind.Array, MostTriggers).EnumerateArray().Select(t => TriggerPhrase.Read(OneText(t, "a trigger", LongestText)))],
            Arguments = Each(root, "arguments", JsonValueKind.Object, MostArguments).EnumerateObject().ToDictionary(a => ArgumentName(a.Name), a => OneText(a.Value, a.Name, LongestText)),
            Time = Time(root),
            Workspace = Text(root, "workspace", 10) switch
            {
                null or "none" => WorkspaceAccess.None,
                "read" => WorkspaceAccess.Read,
                "write" => WorkspaceAccess.Write,
                _ => throw Fault("workspace must be none, read or write"),
            },
            WantsNetwork = root.TryGetProperty("network", out var network) && network.ValueKind is not (JsonValueKind.False or JsonValueKind.Null),
        };
        return new SkillManifest
        {
            Name = name,
            Description = Text(root, "description", 1024) is { } description && description.Trim().Length > 0 ? description.Trim() : throw Fault("it has no description"),
            License = Text(root, "license", 500),
            Version = Text(root, "version", 64),
            Needs = SkillNeeds.None with { Bins = [SkillProgram.Interpreter] },
            UnknownFields = [.. root.EnumerateObject().Select(f => f.Name).Except(Fields, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Program = program,
            Body = Body(name, program),
        };
    }

    // What an agent reads: how it is called, in the words of this box.
    private static string Body(string name, SkillProgram program)
    {
        var lines = new List<string> { $"This skill is a program. Call skill_run with the name {name}{(program.Arguments.Count == 0 ? "." : " and these arguments:")}" };
        lines.AddRange(program.Arguments.Select(a => $"- {a.Key}: {a.Value}"));
        if (program.Triggers.Count > 0) lines.Add($"It is called by itself when a person says: {string.Join("; ", program.Triggers.Select(t => t.Text))}");
        return string.Join('\n', lines);
    }

    private static TimeSpan Time(JsonElement root)
    {
        if (!root.TryGetProperty("timeout", out var value)) return new SkillProgram().Time;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds > 0 && TimeSpan.FromSeconds(seconds) <= SkillProgram.LongestTime
            ? TimeSpan.FromSeconds(seconds)
            : throw Fault($"timeout must be a whole number of seconds from 1 to {SkillProgram.LongestTime.TotalSeconds:0}");
    }

    private static string ArgumentName(string name) => TriggerPhrase.IsName(name) ? name : throw Fault("an argument's name must be a letter and then letters, digits and _, 32 at most");

    private static JsonElement Each(JsonElement root, string name, JsonValueKind kind, int most)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return JsonElement.Parse(kind == JsonValueKind.Array ? "[]" : "{}");
        if (value.ValueKind != kind) throw Fault($"{name} must be {(kind == JsonValueKind.Array ? "a list" : "an object")}");
        return (kind == JsonValueKind.Array ? value.GetArrayLength() : value.GetPropertyCount()) <= most ? value : throw Fault($"{name} may have {most} at most");
    }

    private static string? Text(JsonElement root, string name, int longest) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? OneText(value, name, longest) is { Length: > 0 } text ? text : null : null;

    private static string OneText(JsonElement value, string name, int longest) => value.ValueKind != JsonValueKind.String
        ? throw Fault($"{name} must be a text")
        : value.GetString()! is { } text && text.Length <= longest ? text : throw Fault($"{name} has more than {longest} characters");

    private static SkillException Fault(string what) => new($"config.json: {what}.");
}
