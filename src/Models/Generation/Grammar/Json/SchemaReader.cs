using System.Text.Json;
using Models.Generation.Grammar.Automata;
using Models.Generation.Grammar.Syntax;

namespace Models.Generation.Grammar.Json;

/// <summary>Reads the keywords of schemas (JSON Schema draft 2020-12, core and validation) into <see cref="SchemaFacts"/>.</summary>
internal sealed class SchemaReader(SchemaDocument document, WorkBudget budget)
{
    private const int MaxDepth = 200;

    // Keywords that say nothing of what is valid. 'format' is an annotation by default in 2020-12 (validation, section 7.2.1).
    private static readonly HashSet<string> Annotations =
    [
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$defs", "definitions", "$anchor",
        "$dynamicAnchor", "format", "contentEncoding", "contentMediaType", "contentSchema",
    ];

    /// <summary>What the schemas say together.</summary>
    /// <exception cref="GrammarException">A keyword is malformed or not supported.</exception>
    public SchemaFacts Read(IEnumerable<SchemaNode> schemas)
    {
        var facts = new SchemaFacts();
        foreach (var schema in schemas)
            Add(facts, schema, []);
        return facts;
    }

    /// <summary>What a branch of a choice says, by itself.</summary>
    /// <exception cref="GrammarException">A keyword is malformed or not supported.</exception>
    public SchemaFacts Read(SchemaChoice choice, SchemaNode branch)
    {
        var facts = new SchemaFacts();
        Add(facts, choice, branch);
        return facts;
    }

    /// <summary>Adds what a branch of a choice says.</summary>
    /// <exception cref="GrammarException">A keyword is malformed or not supported.</exception>
    public void Add(SchemaFacts facts, SchemaChoice choice, SchemaNode branch) => Add(facts, branch, new(choice.Chain));

    // The chain holds the schemas of the same value that led here: one of them again is a loop without end.
    private void Add(SchemaFacts facts, SchemaNode node, Stack<string> chain)
    {
        if (chain.Contains(node.Pointer))
            throw node.Error("The schema refers to itself without an end: its '$ref' leads back to it before any value is described.", "$ref");
        if (chain.Count == MaxDepth)
            throw node.Error($"'$ref' and 'allOf' are nested deeper than {MaxDepth}.", "$ref");
        if (!facts.Merged.Add(node.Pointer))
            return;
        budget.Spend(16);
        switch (node.Schema.ValueKind)
        {
            case JsonValueKind.True:
                return;
            case JsonValueKind.False:
                facts.Types = JsonTypes.None;
                return;
            case not JsonValueKind.Object:
                throw node.Error("A schema must be an object, true or false.");
        }
        chain.Push(node.Pointer);
        foreach (var property in node.Schema.EnumerateObject())
        {
            var keyword = property.Name;
            var value = property.Value;
            switch (keyword)
            {
                case "$ref":
                    Add(facts, document.Resolve(node, value), chain);
                    break;
                case "allOf":
                    foreach (var schema in Schemas(node, keyword, value))
                        Add(facts, schema, chain);
                    break;
                case "anyOf" or "oneOf":
                    facts.Choices.Add(new(Schemas(node, keyword, value), keyword == "oneOf", node, [.. chain]));
                    break;
                default:
                    if (!AddAssertion(facts, node, keyword, value) && !IsAnnotation(node, keyword, value))
                        throw Unsupported(node, keyword);
                    break;
            }
        }
        AddShapes(facts, node);
        chain.Pop();
    }

    private bool AddAssertion(SchemaFacts facts, SchemaNode node, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "type":
                facts.Types &= value.ValueKind == JsonValueKind.Array
                    ? value.EnumerateArray().Aggregate(JsonTypes.None, (types, type) => types | TypeOf(node, type))
                    : TypeOf(node, value);
                break;
            case "enum":
                if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
                    throw node.Error("'enum' must be an array of at least one value; no value could be generated.", keyword);
                Keep(facts, [.. value.EnumerateArray()]);
                break;
            case "const":
                Keep(facts, [value]);
                break;
            case "minimum" or "exclusiveMinimum":
                facts.Numbers = facts.Numbers.AtLeast(Number(node, keyword, value), keyword == "exclusiveMinimum");
                break;
            case "maximum" or "exclusiveMaximum":
                facts.Numbers = facts.Numbers.AtMost(Number(node, keyword, value), keyword == "exclusiveMaximum");
                break;
            case "multipleOf":
                var divisor = Number(node, keyword, value);
                facts.Numbers = divisor.Unscaled > 0 ? facts.Numbers.MultiplesOf(divisor) : throw node.Error("'multipleOf' must be above zero.", keyword);
                break;
            case "minLength":
                facts.MinLength = Math.Max(facts.MinLength, Count(node, keyword, value));
                break;
            case "maxLength":
                facts.MaxLength = Math.Min(facts.MaxLength ?? int.MaxValue, Count(node, keyword, value));
                break;
            case "pattern":
                facts.Patterns.Add(Pattern(node, value));
                break;
            case "minItems":
                facts.MinItems = Math.Max(facts.MinItems, Count(node, keyword, value));
                break;
            case "maxItems":
                facts.MaxItems = Math.Min(facts.MaxItems ?? int.MaxValue, Count(node, keyword, value));
                break;
            case "minProperties":
                facts.MinProperties = Math.Max(facts.MinProperties, Count(node, keyword, value));
                break;
            case "maxProperties":
                facts.MaxProperties = Math.Min(facts.MaxProperties ?? int.MaxValue, Count(node, keyword, value));
                break;
            case "required":
                if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
                    throw node.Error("'required' must be an array of names.", keyword);
                foreach (var name in value.EnumerateArray().Select(name => name.GetString()!))
                {
                    if (!facts.Required.Contains(name))
                        facts.Required.Add(name);
                }
                budget.Spend((long)facts.Required.Count * facts.Required.Count);
                break;
            case "uniqueItems" when value.ValueKind == JsonValueKind.False:
            case "prefixItems" or "items" or "properties" or "additionalProperties":
                break; // those four are read together
            default:
                return false;
        }
        return true;
    }

    private static void AddShapes(SchemaFacts facts, SchemaNode node)
    {
        var schema = node.Schema;
        var hasPrefix = schema.TryGetProperty("prefixItems", out var prefix);
        var hasItems = schema.TryGetProperty("items", out var items);
        if (hasItems && items.ValueKind == JsonValueKind.Array)
            throw node.Error("'items' is a list of schemas, as in drafts before 2020-12. Write it as 'prefixItems'.", "items");
        if (hasPrefix || hasItems)
            facts.Arrays.Add(new(hasPrefix ? Schemas(node, "prefixItems", prefix) : [], hasItems ? node.At("items", items) : null));

        var hasAdditional = schema.TryGetProperty("additionalProperties", out var additional);
        OrderedDictionary<string, SchemaNode>? properties = null;
        if (schema.TryGetProperty("properties", out var declared))
        {
            if (declared.ValueKind != JsonValueKind.Object)
                throw node.Error("'properties' must be an object.", "properties");
            properties = [];
            foreach (var property in declared.EnumerateObject())
            {
                var name = property.Name;
                properties[name] = node.At("properties", name, property.Value);
            }
        }
        if (properties is not null || hasAdditional)
            facts.Objects.Add(new(properties, hasAdditional ? node.At("additionalProperties", additional) : null));
    }

    private void Keep(SchemaFacts facts, List<JsonElement> values)
    {
        budget.Spend((long)values.Count * (facts.Values?.Count ?? 1));
        facts.Values = facts.Values is { } known
            ? [.. known.Where(value => values.Exists(other => JsonElement.DeepEquals(value, other)))]
            : values;
    }

    private bool IsAnnotation(SchemaNode node, string keyword, JsonElement value) => keyword switch
    {
        // A dialect may give keywords another meaning; the drafts of json-schema.org agree on those read here.
        "$schema" => value.ValueKind == JsonValueKind.String && value.GetString()!.Contains("://json-schema.org/"),
        "$id" => node.Pointer == document.Root.Pointer,
        _ => Annotations.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal),
    };

    private static GrammarException Unsupported(SchemaNode node, string keyword) => node.Error(keyword switch
    {
        "$schema" => "The schema is of a dialect that is not supported. Use JSON Schema draft 2020-12.",
        "$id" => "A schema inside the document has an '$id' of its own, which is not supported. Move it to '$defs' without it.",
        _ => $"The keyword '{keyword}' is not supported, so what it asks could not be guaranteed. Take it out of the schema, or check it afterwards.",
    }, keyword);

    private static List<SchemaNode> Schemas(SchemaNode node, string keyword, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw node.Error($"'{keyword}' must be an array of at least one schema.", keyword);
        return [.. value.EnumerateArray().Select((schema, i) => node.At(keyword, $"{i}", schema))];
    }

    private static JsonTypes TypeOf(SchemaNode node, JsonElement type) => (type.ValueKind == JsonValueKind.String ? type.GetString() : "") switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw node.Error($"'type' {type.GetRawText()} is not a type of JSON Schema.", "type"),
    };

    private static ExactNumber Number(SchemaNode node, string keyword, JsonElement value) =>
        value.ValueKind != JsonValueKind.Number
            ? throw node.Error($"'{keyword}' must be a number.", keyword)
            : ExactNumber.Parse(value.GetRawText()) ?? throw node.Error($"'{keyword}' has too many digits or too large an exponent. Use a rounder number.", keyword);

    private static string Pattern(SchemaNode node, JsonElement value)
    {
        var pattern = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw node.Error("'pattern' must be a string.", "pattern");
        try
        {
            RegexParser.Parse(pattern);
            return pattern;
        }
        catch (GrammarException e)
        {
            throw new GrammarException(e.Message, e.Keyword ?? "pattern", $"{node.Pointer}/pattern");
        }
    }

    private static int Count(SchemaNode node, string keyword, JsonElement value)
    {
        var number = Number(node, keyword, value);
        if (!number.IsInteger || number.Unscaled < 0)
            throw node.Error($"'{keyword}' must be a whole number, zero or above.", keyword);
        return (int)System.Numerics.BigInteger.Min(number.Unscaled, int.MaxValue);
    }
}
