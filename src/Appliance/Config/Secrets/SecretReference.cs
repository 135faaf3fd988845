using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Appliance.Config.Secrets;

/// <summary>
/// Where a secret is: <c>{"env": NAME}</c>, <c>{"file": PATH}</c>, <c>{"command": [PROGRAM, ARGUMENT…]}</c>, or the secret itself, which
/// is taken but told off by <c>security audit</c>. A text <c>${NAME}</c> is <c>{"env": NAME}</c>. Immutable.
/// </summary>
[JsonConverter(typeof(SecretReferenceConverter))]
internal sealed class SecretReference : IEquatable<SecretReference>
{
    private readonly string _inline;

    private SecretReference(SecretSource source, string[] place, string inline = "") => (Source, Place, _inline) = (source, place, inline);

    /// <summary>The kind of place.</summary>
    public SecretSource Source { get; }

    /// <summary>The variable, the file, or the program and its arguments; empty where the secret stands in the file itself.</summary>
    public IReadOnlyList<string> Place { get; }

    /// <summary>A secret that is there.</summary>
    public static SecretReference Inline(string secret) => new(SecretSource.Inline, [], secret);

    /// <summary>A secret in a file.</summary>
    public static SecretReference InFile(string path) => new(SecretSource.File, [path]);

    /// <summary>Reads one.</summary>
    /// <param name="node">What stands in the file.</param>
    /// <param name="fault">What is wrong with it, or null.</param>
    public static SecretReference? Read(JsonNode? node, out string? fault)
    {
        fault = null;
        if (node is JsonValue value && value.TryGetValue(out string? text))
        {
            if (text is ['$', '{', .. var name, '}'] && IsVariable(name)) return new(SecretSource.Environment, [name]);
            if (text.Length > 0) return Inline(text);
        }
        else if (node is JsonObject { Count: 1 } reference)
        {
            var (kind, place) = reference.First();
            switch (kind)
            {
                case "env" when Text(place) is { } variable && IsVariable(variable): return new(SecretSource.Environment, [variable]);
                case "file" when Text(place) is { } path: return new(SecretSource.File, [path]);
                case "command" when place is JsonArray { Count: > 0 } words && words.All(word => Text(word) is not null):
                    return new(SecretSource.Command, [.. words.Select(word => Text(word)!)]);
            }
        }
        fault = """is no secret: {"env": "NAME"}, {"file": "PATH"} or {"command": ["PROGRAM", "ARGUMENT"]}""";
        return null;
    }

    /// <summary>As it stands in the file, secret included.</summary>
    internal JsonNode ToJson() => Source switch
    {
        SecretSource.Environment => new JsonObject { ["env"] = Place[0] },
        SecretSource.File => new JsonObject { ["file"] = Place[0] },
        SecretSource.Command => new JsonObject { ["command"] = new JsonArray([.. Place.Select(word => (JsonNode)word)]) },
        _ => _inline,
    };

    /// <summary>The secret where it is inline.</summary>
    internal string InlineSecret => _inline;

    /// <summary>Where it is; never the secret.</summary>
    public override string ToString() => Source == SecretSource.Inline ? "inline" : $"{Source.ToString().ToLowerInvariant()} {string.Join(' ', Place)}";

    /// <inheritdoc/>
    public bool Equals(SecretReference? other) => other is not null && Source == other.Source && _inline == other._inline && Place.SequenceEqual(other.Place);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SecretReference);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Source, _inline, Place.Count);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static bool IsVariable(string name) => !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
