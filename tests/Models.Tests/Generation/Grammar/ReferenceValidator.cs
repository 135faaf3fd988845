using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Models.Tests.Generation.Grammar;

/// <summary>
/// A plain JSON Schema validator, written for the tests alone and straight from the draft: it looks at the instance, not at grammars. It
/// knows the keywords that the compiler accepts and fails on others.
/// </summary>
internal static class ReferenceValidator
{
    private static readonly HashSet<string> Ignored =
    [
        "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor", "title", "description", "default", "examples",
        "deprecated", "readOnly", "writeOnly", "format", "contentEncoding", "contentMediaType", "contentSchema", "uniqueItems",
    ];

    /// <summary>Whether an instance is valid under a schema.</summary>
    public static bool IsValid(JsonElement schema, JsonElement instance) => IsValid(schema, instance, schema);

    private static bool IsValid(JsonElement schema, JsonElement instance, JsonElement root) => schema.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => schema.EnumerateObject().All(keyword => Ignored.Contains(keyword.Name) || Holds(keyword.Name, keyword.Value, schema, instance, root)),
    };

    private static bool Holds(string keyword, JsonElement value, JsonElement schema, JsonElement instance, JsonElement root)
    {
        var isNumber = instance.ValueKind == JsonValueKind.Number;
        var isString = instance.ValueKind == JsonValueKind.String;
        var isArray = instance.ValueKind == JsonValueKind.Array;
        var isObject = instance.ValueKind == JsonValueKind.Object;
        return keyword switch
        {
            "$ref" => IsValid(Resolve(value.GetString()!, root), instance, root),
            "allOf" => value.EnumerateArray().All(part => IsValid(part, instance, root)),
            "anyOf" => value.EnumerateArray().Any(part => IsValid(part, instance, root)),
            "oneOf" => value.EnumerateArray().Count(part => IsValid(part, instance, root)) == 1,
            "type" => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Any(type => IsOfType(type.GetString()!, instance)) : IsOfType(value.GetString()!, instance),
            "enum" => value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, instance)),
            "const" => JsonElement.DeepEquals(value, instance),
            "minimum" => !isNumber || Compare(instance, value) >= 0,
            "exclusiveMinimum" => !isNumber || Compare(instance, value) > 0,
            "maximum" => !isNumber || Compare(instance, value) <= 0,
            "exclusiveMaximum" => !isNumber || Compare(instance, value) < 0,
            "multipleOf" => !isNumber || IsMultiple(instance, value),
            "minLength" => !isString || instance.GetString()!.EnumerateRunes().Count() >= value.GetDouble(),
            "maxLength" => !isString || instance.GetString()!.EnumerateRunes().Count() <= value.GetDouble(),
            "pattern" => !isString || Regex.IsMatch(InOneUnitEach(instance.GetString()!), value.GetString()!.Replace("\\p{Letter}", "\\p{L}")),
            "minItems" => !isArray || instance.GetArrayLength() >= value.GetDouble(),
            "maxItems" => !isArray || instance.GetArrayLength() <= value.GetDouble(),
            "prefixItems" => !isArray || instance.EnumerateArray().Zip(value.EnumerateArray()).All(pair => IsValid(pair.Second, pair.First, root)),
            "items" => !isArray || instance.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0).All(item => IsValid(value, item, root)),
            "required" => !isObject || value.EnumerateArray().All(name => instance.TryGetProperty(name.GetString()!, out _)),
            "minProperties" => !isObject || Names(instance) >= value.GetDouble(),
            "maxProperties" => !isObject || Names(instance) <= value.GetDouble(),
            "properties" => !isObject || instance.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out var declared) || IsValid(declared, property.Value, root)),
            "additionalProperties" => !isObject || instance.EnumerateObject().All(property =>
                schema.TryGetProperty("properties", out var declared) && declared.TryGetProperty(property.Name, out _) || IsValid(value, property.Value, root)),
            _ => throw new NotSupportedException($"The reference validator does not know '{keyword}'."),
        };
    }

    // .NET looks at UTF-16 units, the schema at code points: beyond the first plane a letter is as good as another, and so is the rest.
    private static string InOneUnitEach(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : Rune.IsLetter(rune) ? "\u4E00" : "\uE000"));

    private static int Names(JsonElement instance) => instance.EnumerateObject().Select(property => property.Name).Distinct().Count();

    private static bool IsOfType(string type, JsonElement instance) => type switch
    {
        "null" => instance.ValueKind == JsonValueKind.Null,
        "boolean" => instance.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => instance.ValueKind == JsonValueKind.String,
        "array" => instance.ValueKind == JsonValueKind.Array,
        "object" => instance.ValueKind == JsonValueKind.Object,
        "number" => instance.ValueKind == JsonValueKind.Number,
        "integer" => instance.ValueKind == JsonValueKind.Number && Fraction(instance) is var (digits, scale) && digits % BigInteger.Pow(10, scale) == 0,
        _ => throw new NotSupportedException(type),
    };

    private static int Compare(JsonElement x, JsonElement y)
    {
        var ((first, firstScale), (second, secondScale)) = (Fraction(x), Fraction(y));
        return (first * BigInteger.Pow(10, secondScale)).CompareTo(second * BigInteger.Pow(10, firstScale));
    }

    private static bool IsMultiple(JsonElement x, JsonElement y)
    {
        var ((first, firstScale), (second, secondScale)) = (Fraction(x), Fraction(y));
        return first * BigInteger.Pow(10, secondScale) % (second * BigInteger.Pow(10, firstScale)) == 0;
    }

    // digits · 10^-scale
    private static (BigInteger Digits, int Scale) Fraction(JsonElement number)
    {
        var match = Regex.Match(number.GetRawText(), @"^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$");
        var digits = BigInteger.Parse(match.Groups[1].Value + match.Groups[2].Value);
        var scale = match.Groups[2].Length - (match.Groups[3].Success ? int.Parse(match.Groups[3].Value) : 0);
        return scale >= 0 ? (digits, scale) : (digits * BigInteger.Pow(10, -scale), 0);
    }

    private static JsonElement Resolve(string reference, JsonElement root)
    {
        var id = root.TryGetProperty("$id", out var own) ? own.GetString()! : "";
        var schema = root;
        foreach (var part in reference[(id.Length > 0 && reference.StartsWith(id, StringComparison.Ordinal) ? id.Length : 0)..].TrimStart('#').Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/").Replace("~0", "~");
            schema = schema.ValueKind == JsonValueKind.Array ? schema[int.Parse(name)] : schema.GetProperty(name);
        }
        return schema;
    }
}
