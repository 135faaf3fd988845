using System.Text.Json;

namespace Models.Generation.Grammar.Json;

/// <summary>A schema inside a document, with the JSON pointer (as a URI fragment, <c>#/properties/x</c>) that names it.</summary>
internal sealed record SchemaNode(JsonElement Schema, string Pointer)
{
    /// <summary>The schema under a keyword.</summary>
    public SchemaNode At(string keyword, JsonElement schema) => new(schema, $"{Pointer}/{Escape(keyword)}");

    /// <summary>The schema under a keyword and a name or number.</summary>
    public SchemaNode At(string keyword, string name, JsonElement schema) => new(schema, $"{Pointer}/{Escape(keyword)}/{Escape(name)}");

    /// <summary>The error of a keyword here.</summary>
    public GrammarException Error(string message, string? keyword = null) => new(message, keyword, keyword is null ? Pointer : $"{Pointer}/{Escape(keyword)}");

    private static string Escape(string name) => name.Replace("~", "~0").Replace("/", "~1");
}
