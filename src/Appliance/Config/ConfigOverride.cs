using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Models;

namespace Appliance.Config;

/// <summary>A setting from somewhere that counts more than the file.</summary>
/// <param name="Path">Which.</param>
/// <param name="Value">What.</param>
/// <param name="Source">The option or variable it is from, for messages.</param>
internal sealed record ConfigOverride(ConfigPath Path, JsonNode? Value, string Source)
{
    private const string Prefix = "APPLIANCE_";

    /// <summary>One from the command line.</summary>
    public static ConfigOverride Option(string path, JsonNode value, string option) => new(ConfigPath.Parse(path), value, option);

    /// <summary>
    /// What environment variables set. The name follows from the path (<see cref="ConfigSchema.VariableOf"/>); a list has commas between
    /// its items. An older name works where the newer is not set; an empty variable is none.
    /// </summary>
    /// <exception cref="ModelException">A value is not what its setting takes.</exception>
    public static IReadOnlyList<ConfigOverride> FromEnvironment(IDictionary variables)
    {
        // The schema is not made for nothing.
        if (!variables.Keys.OfType<string>().Any(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != "APPLIANCE_HOME")) return [];
        var found = new List<ConfigOverride>();
        foreach (var (path, schema) in ConfigSchema.Leaves())
        {
            foreach (var name in (string?[])[ConfigSchema.VariableOf(path), schema.Variable])
            {
                if (name is null || variables[name] is not string { Length: > 0 } text) continue;
                found.Add(new ConfigOverride(path, Parse(schema, text), name));
                break;
            }
        }
        return found;
    }

    /// <summary>A value as a person writes it in one word: JSON where it reads as what the setting takes, else a text.</summary>
    public static JsonNode? Parse(SettingSchema? schema, string text)
    {
        if (schema is not null && schema.Item is not null && !text.TrimStart().StartsWith('['))
            return new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => Parse(schema.Item, item))]);
        if (schema is { IsSecret: false } && schema.Is("string") && !text.StartsWith('"')) return text;
        if (schema is { IsSecret: true } && !text.StartsWith('{')) return text;
        try { return JsonNode.Parse(text, null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }); }
        catch (JsonException) { return text; }
    }

    /// <summary>Refuses a value that its setting does not take.</summary>
    /// <exception cref="ModelException">It does not; the message names the option or variable.</exception>
    public void Require()
    {
        if (ConfigSchema.Find(Path) is not { } schema) throw new ModelException($"{Source}: there is no setting {Path}.");
        foreach (var (_, fault, isWarning) in ConfigCheck.Check(schema, Value, Path))
        {
            if (!isWarning) throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"{Source} {fault}."));
        }
    }
}
