using System.Text.Json;

namespace Models.Generation.Grammar.Json;

/// <summary>
/// What several schemas that must hold at once (a schema, what it refers to, its <c>allOf</c>) say together: their keywords merged,
/// choices kept apart.
/// </summary>
internal sealed class SchemaFacts
{
    /// <summary>The types that are left; none where nothing can be valid.</summary>
    public JsonTypes Types { get; set; } = JsonTypes.All;

    /// <summary>The only values that are left, from <c>enum</c> and <c>const</c>; null for any.</summary>
    public List<JsonElement>? Values { get; set; }

    /// <summary>The bounds of numbers.</summary>
    public NumberBounds Numbers { get; set; } = NumberBounds.None;

    /// <summary>The fewest code points of a string.</summary>
    public int MinLength { get; set; }

    /// <summary>The most code points of a string; null without end.</summary>
    public int? MaxLength { get; set; }

    /// <summary>The patterns that a string must match.</summary>
    public List<string> Patterns { get; private init; } = [];

    /// <summary>What each schema says of arrays.</summary>
    public List<ArrayShape> Arrays { get; private init; } = [];

    /// <summary>The fewest items of an array.</summary>
    public int MinItems { get; set; }

    /// <summary>The most items of an array; null without end.</summary>
    public int? MaxItems { get; set; }

    /// <summary>What each schema says of objects.</summary>
    public List<ObjectShape> Objects { get; private init; } = [];

    /// <summary>The properties that an object must have, in the order of the schemas.</summary>
    public List<string> Required { get; private init; } = [];

    /// <summary>The fewest properties of an object.</summary>
    public int MinProperties { get; set; }

    /// <summary>The most properties of an object; null without end.</summary>
    public int? MaxProperties { get; set; }

    /// <summary>The choices, <c>anyOf</c> and <c>oneOf</c>.</summary>
    public List<SchemaChoice> Choices { get; private init; } = [];

    /// <summary>The pointers of the schemas that are merged here; one that comes again adds nothing.</summary>
    public HashSet<string> Merged { get; private init; } = [];

    /// <summary>A copy that can be changed without changing this one.</summary>
    public SchemaFacts Clone() => new()
    {
        Types = Types,
        Values = Values is null ? null : [.. Values],
        Numbers = Numbers,
        MinLength = MinLength,
        MaxLength = MaxLength,
        Patterns = [.. Patterns],
        Arrays = [.. Arrays],
        MinItems = MinItems,
        MaxItems = MaxItems,
        Objects = [.. Objects],
        Required = [.. Required],
        MinProperties = MinProperties,
        MaxProperties = MaxProperties,
        Choices = [.. Choices],
        Merged = [.. Merged],
    };

    /// <summary>The schemas of the item at an index.</summary>
    public List<SchemaNode> Item(int index) => [.. Arrays.Select(shape => shape.At(index)).OfType<SchemaNode>()];

    /// <summary>The schemas of a property.</summary>
    public List<SchemaNode> Property(string name) => [.. Objects.Select(shape => shape.At(name)).OfType<SchemaNode>()];

    /// <summary>The declared properties in the order of the schemas, then those that are only required.</summary>
    public List<string> DeclaredNames() => [.. Objects.Where(shape => shape.Properties is not null).SelectMany(shape => shape.Properties!.Keys).Concat(Required).Distinct()];

    /// <summary>
    /// Whether properties that are not declared may be generated: where <c>additionalProperties</c> is given, or where there is no word
    /// of <c>properties</c> at all. (JSON Schema admits them unless told otherwise; fewer are never invalid.)
    /// </summary>
    public bool IsOpen => Objects.Any(shape => shape.Additional is not null) || Objects.All(shape => shape.Properties is null);
}
