using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Appliance.Config.Document;
using Appliance.Config.Secrets;

namespace Appliance.Config;

/// <summary>
/// The JSON schema of the configuration file, out of the records' types and <see cref="SettingAttribute"/>s. Made when it is first asked
/// for; immutable and safe for several threads.
/// </summary>
internal static class ConfigSchema
{
    private static readonly Lazy<JsonObject> Made = new(Make);

    /// <summary>The root as it is read here.</summary>
    public static SettingSchema Root => new(Made.Value);

    /// <summary>The root as editors and clients take it: a copy.</summary>
    public static JsonObject ToJson() => Made.Value.DeepClone().AsObject();

    /// <summary>The schema of a path, or null where there is no such setting.</summary>
    public static SettingSchema? Find(ConfigPath path)
    {
        SettingSchema? schema = Root;
        foreach (var step in path.Steps) schema = schema?.Inside(step);
        return schema;
    }

    /// <summary>Every setting that has a name of its own and no more inside it, with its path.</summary>
    public static IEnumerable<(ConfigPath Path, SettingSchema Schema)> Leaves() => Leaves(Root, ConfigPath.Root);

    /// <summary>The environment variable of a path: <c>models.keepAlive</c> is <c>APPLIANCE_MODELS_KEEP_ALIVE</c>.</summary>
    public static string VariableOf(ConfigPath path)
    {
        var name = new StringBuilder("APPLIANCE");
        foreach (var step in path.Steps)
        {
            name.Append('_');
            foreach (var c in step) name.Append(char.IsUpper(c) ? "_" : "").Append(char.ToUpperInvariant(c));
        }
        return name.ToString();
    }

    private static IEnumerable<(ConfigPath, SettingSchema)> Leaves(SettingSchema schema, ConfigPath path) =>
        schema.Properties.SelectMany(p => p.Schema.Properties.Any() ? Leaves(p.Schema, path.With(p.Name)) : [(path.With(p.Name), p.Schema)]);

    private static JsonObject Make()
    {
        var root = ConfigJson.Default.ApplianceConfig.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe }).AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "appliance.json");
        root["properties"]!.AsObject()["$schema"] = new JsonObject { ["type"] = "string", ["description"] = "Where this schema is, for editors." };
        return root;
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        var schema = context.TypeInfo.Type == typeof(SecretReference) ? SecretSchema() : node as JsonObject ?? [];
        // A table of secrets, too: the exporter does not see into what a converter reads.
        if (context.TypeInfo.Type == typeof(IReadOnlyDictionary<string, SecretReference>)) schema["additionalProperties"] = SecretSchema();
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema.ContainsKey("properties")) schema["additionalProperties"] = false;
        if (schema.TryGetPropertyValue("default", out var standard) && standard is null) schema.Remove("default");
        var setting = context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(SettingAttribute), inherit: false).OfType<SettingAttribute>().FirstOrDefault();
        if (setting is null) return schema;
        schema.Insert(0, "description", setting.Description);
        if (setting.Format is not null) schema["format"] = setting.Format;
        if (!double.IsNaN(setting.Least)) schema["minimum"] = setting.Least;
        if (!double.IsNaN(setting.Most)) schema["maximum"] = setting.Most;
        schema[SettingSchema.Reload] = setting.Hot ? "hot" : "restart";
        if (setting.Variable is not null) schema[SettingSchema.OlderVariable] = setting.Variable;
        return schema;
    }

    private static JsonObject SecretSchema() => new()
    {
        [SettingSchema.Secret] = true,
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "string", ["minLength"] = 1, ["description"] = "The secret itself; better kept elsewhere." },
            Place("env", new JsonObject { ["type"] = "string", ["description"] = "Name of the environment variable." }),
            Place("file", new JsonObject { ["type"] = "string", ["description"] = "Path of the file, relative to the home folder." }),
            Place("command", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["minItems"] = 1, ["description"] = "Program and arguments; no shell." })),
    };

    private static JsonObject Place(string name, JsonObject schema) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { [name] = schema },
        ["required"] = new JsonArray(name),
        ["additionalProperties"] = false,
    };
}
