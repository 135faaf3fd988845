namespace Models.Generation.Grammar.Json;

/// <summary>What one schema says of arrays.</summary>
/// <param name="Prefix">The schemas of the first items, <c>prefixItems</c>.</param>
/// <param name="Items">The schema of the others, <c>items</c>; null for any.</param>
internal sealed record ArrayShape(IReadOnlyList<SchemaNode> Prefix, SchemaNode? Items)
{
    /// <summary>The schema of the item at an index; null for any.</summary>
    public SchemaNode? At(int index) => index < Prefix.Count ? Prefix[index] : Items;
}

/// <summary>What one schema says of objects.</summary>
/// <param name="Properties">The declared properties in their order; null where the keyword is absent.</param>
/// <param name="Additional">The schema of the others, <c>additionalProperties</c>; null where the keyword is absent.</param>
internal sealed record ObjectShape(OrderedDictionary<string, SchemaNode>? Properties, SchemaNode? Additional)
{
    /// <summary>The schema of a property; null for any.</summary>
    public SchemaNode? At(string name) => Properties?.GetValueOrDefault(name) ?? Additional;
}

/// <summary>Schemas of which any, or exactly one, must hold.</summary>
/// <param name="Branches">The schemas.</param>
/// <param name="IsExclusive">Whether exactly one must: <c>oneOf</c>.</param>
/// <param name="At">The schema in which the keyword stands.</param>
/// <param name="Chain">The pointers of the schemas of the same value that led to it, itself included; a branch that leads back to one is a loop.</param>
internal sealed record SchemaChoice(IReadOnlyList<SchemaNode> Branches, bool IsExclusive, SchemaNode At, IReadOnlyList<string> Chain);
