using System.Text.Json.Nodes;

namespace Runtime.Skills.Format;

/// <summary>
/// What a SKILL.md says of its skill: the fields of agentskills.io, and OpenClaw's below <c>metadata.openclaw</c>; or a config.json
/// (<see cref="SkillConfig"/>). Immutable.
/// </summary>
public sealed record SkillManifest
{
    /// <summary>Largest SKILL.md, bytes.</summary>
    public const int LargestFile = 256 * 1024;

    private static readonly string[] Fields = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];

    /// <summary>Its name, which is its folder's too.</summary>
    public required string Name { get; init; }

    /// <summary>What it does and when to use it, at most 1,024 characters.</summary>
    public required string Description { get; init; }

    /// <summary>Name of its licence, or of a file with it.</summary>
    public string? License { get; init; }

    /// <summary>What it says it needs, for people.</summary>
    public string? Compatibility { get; init; }

    /// <summary>Its version, where it has one.</summary>
    public string? Version { get; init; }

    /// <summary>The tools it says it uses. It gets none by that.</summary>
    public IReadOnlyList<string> AllowedTools { get; init; } = [];

    /// <summary>A picture of it in one character.</summary>
    public string? Emoji { get; init; }

    /// <summary>Where it comes from, on the web.</summary>
    public string? Homepage { get; init; }

    /// <summary>The variable of the key it needs.</summary>
    public string? PrimaryEnv { get; init; }

    /// <summary>True where it asks for not being gated.</summary>
    public bool Always { get; init; }

    /// <summary>What must be there for it to be of use.</summary>
    public SkillNeeds Needs { get; init; } = SkillNeeds.None;

    /// <summary>How its programs are installed, in its own words; never run.</summary>
    public IReadOnlyList<string> InstallHints { get; init; } = [];

    /// <summary>Variables it would like to be set. None is.</summary>
    public IReadOnlyList<string> WantedVariables { get; init; } = [];

    /// <summary>Fields that agentskills.io does not know; a strict checker refuses them.</summary>
    public IReadOnlyList<string> UnknownFields { get; init; } = [];

    /// <summary>The program that it is; null for a skill of words.</summary>
    public SkillProgram? Program { get; init; }

    /// <summary>What an agent reads when it uses the skill.</summary>
    public required string Body { get; init; }

    /// <summary>Reads a SKILL.md.</summary>
    /// <exception cref="SkillException">It is not as agentskills.io says.</exception>
    public static SkillManifest Read(string file)
    {
        var (fields, body) = FrontMatter.Read(file);
        var name = Text(fields, "name", 64) ?? throw new SkillException("SKILL.md has no name in its front matter.");
        if (SkillName.Problem(name) is { } problem) throw new SkillException($"SKILL.md: {problem}.");
        var metadata = fields["metadata"] switch { null => [], JsonObject map => map, JsonValue v when (string)v! is "" => [], _ => throw new SkillException("SKILL.md: metadata must be a map.") };
        // Names the same was called by before.
        var claw = (metadata["openclaw"] ?? metadata["clawdbot"]) as JsonObject ?? [];
        var requires = claw["requires"] as JsonObject ?? [];
        return new SkillManifest
        {
            Name = name,
            Description = Text(fields, "description", 1024) is { } description && description.Trim().Length > 0 ? description.Trim() : throw new SkillException("SKILL.md has no description in its front matter."),
            License = Text(fields, "license", 500),
            Compatibility = Text(fields, "compatibility", 500),
            Version = metadata["version"] is JsonValue version ? (string)version! : null,
            AllowedTools = fields["allowed-tools"] is JsonArray list ? Texts(list) : [.. (Text(fields, "allowed-tools", 2000) ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)],
            Emoji = Text(claw, "emoji", 16),
            Homepage = Text(claw, "homepage", 500) ?? Text(fields, "homepage", 500),
            PrimaryEnv = Text(claw, "primaryEnv", 100),
            Always = Text(claw, "always", 10) == "true",
            Needs = new SkillNeeds(Texts(claw["os"]), Texts(requires["bins"]), Texts(requires["anyBins"]), Texts(requires["env"]), Texts(requires["config"])),
            InstallHints = [.. (claw["install"] as JsonArray ?? []).OfType<JsonObject>().Take(32).Select(i => i.ToJsonString())],
            WantedVariables = [.. (claw["env"] as JsonObject ?? metadata["env"] as JsonObject ?? []).Select(v => v.Key)],
            UnknownFields = [.. fields.Select(f => f.Key).Where(key => !Fields.Contains(key)).Order(StringComparer.Ordinal)],
            Body = body,
        };
    }

    private static string? Text(JsonObject map, string name, int longest) => map[name] switch
    {
        null => null,
        JsonValue value when (string)value! is var text => text.Length <= longest ? text.Length == 0 ? null : text : throw new SkillException($"SKILL.md: {name} has {text.Length} characters; {longest} are the most."),
        _ => throw new SkillException($"SKILL.md: {name} must be a text."),
    };

    private static IReadOnlyList<string> Texts(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.OfType<JsonValue>().Select(v => (string)v!).Where(t => t.Length is > 0 and <= 200).Take(64)],
        JsonValue one when (string)one! is { Length: > 0 } text => [text],
        _ => [],
    };
}
