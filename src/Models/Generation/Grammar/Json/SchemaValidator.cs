using System.Text.Json;

namespace Models.Generation.Grammar.Json;

/// <summary>
/// Decides whether a value that a schema lists (<c>enum</c>, <c>const</c>) is valid under the other keywords beside it, and whether
/// two schemas can both hold of one value.
/// </summary>
internal sealed class SchemaValidator(SchemaReader reader, StringAutomata strings)
{
    private const int MaxDepth = 8; // of the search for what tells two schemas apart

    /// <summary>Whether a value is valid.</summary>
    public bool IsValid(SchemaFacts facts, JsonElement value) =>
        SatisfiesAssertions(facts, value)
        && facts.Choices.TrueForAll(choice => choice.Branches.Count(branch => IsValid(reader.Read(choice, branch), value)) is var count
            && (choice.IsExclusive ? count == 1 : count > 0));

    /// <summary>
    /// Whether no value that is generated for one schema can be valid under another, as far as that can be told. What is generated of
    /// an object that is not open holds declared properties only.
    /// </summary>
    public bool AreDisjoint(SchemaFacts generated, SchemaFacts other) => AreDisjoint(generated, other, !generated.IsOpen && generated.Choices.Count == 0, MaxDepth);

    private bool AreDisjoint(SchemaFacts first, SchemaFacts second, bool isClosed, int depth)
    {
        if (first.Values is { } values)
            return values.TrueForAll(value => !SatisfiesAssertions(first, value) || !SatisfiesAssertions(second, value));
        if (second.Values is { } others)
            return others.TrueForAll(value => !SatisfiesAssertions(first, value) || !SatisfiesAssertions(second, value));
        var shared = first.Types & second.Types;
        if ((shared & (JsonTypes.Null | JsonTypes.Boolean)) != 0)
            return false;
        return ((shared & JsonTypes.Number) == 0 || first.Numbers.ExcludeAll(second.Numbers))
            && ((shared & JsonTypes.String) == 0 || first.MinLength > second.MaxLength || second.MinLength > first.MaxLength)
            && ((shared & JsonTypes.Array) == 0 || first.MinItems > second.MaxItems || second.MinItems > first.MaxItems)
            && ((shared & JsonTypes.Object) == 0 || AreObjectsDisjoint(first, second, isClosed, depth));
    }

    private bool AreObjectsDisjoint(SchemaFacts first, SchemaFacts second, bool isClosed, int depth)
    {
        if (depth == 0)
            return false;
        var declared = first.DeclaredNames();
        foreach (var name in second.Required)
        {
            if (isClosed && !declared.Contains(name))
                return true;
        }
        return first.Required.Union(second.Required).Any(name =>
            AreDisjoint(reader.Read(first.Property(name)), reader.Read(second.Property(name)), isClosed: false, depth - 1));
    }

    private bool SatisfiesAssertions(SchemaFacts facts, JsonElement value)
    {
        if ((facts.Types & TypeOf(value)) == 0 || facts.Values is { } values && !values.Exists(other => JsonElement.DeepEquals(value, other)))
            return false;
        return value.ValueKind switch
        {
            JsonValueKind.Number => ExactNumber.Parse(value.GetRawText()) is { } number
                ? facts.Numbers.Admit(number)
                : facts.Numbers == NumberBounds.None,
            JsonValueKind.String => IsValidString(facts, value.GetString()!),
            JsonValueKind.Array => IsValidArray(facts, value),
            JsonValueKind.Object => IsValidObject(facts, value),
            _ => true,
        };
    }

    private bool IsValidString(SchemaFacts facts, string text)
    {
        var length = text.EnumerateRunes().Count();
        return length >= facts.MinLength && !(length > facts.MaxLength) && facts.Patterns.TrueForAll(pattern => strings.Search(pattern).Accepts(text));
    }

    private bool IsValidArray(SchemaFacts facts, JsonElement array) =>
        array.GetArrayLength() >= facts.MinItems && !(array.GetArrayLength() > facts.MaxItems)
        && array.EnumerateArray().Index().All(item => IsValid(reader.Read(facts.Item(item.Index)), item.Item));

    private bool IsValidObject(SchemaFacts facts, JsonElement value)
    {
        var names = value.EnumerateObject().Select(property => property.Name).ToHashSet();
        return names.Count >= facts.MinProperties && !(names.Count > facts.MaxProperties) && facts.Required.TrueForAll(names.Contains)
            && value.EnumerateObject().All(property => IsValid(reader.Read(facts.Property(property.Name)), property.Value));
    }

    private static JsonTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        _ => ExactNumber.Parse(value.GetRawText()) is { IsInteger: false } ? JsonTypes.Fraction : JsonTypes.Integer,
    };
}
