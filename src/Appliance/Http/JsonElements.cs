using System.Text.Json;

namespace Appliance.Http;

/// <summary>Careful reading of the wire's fields that come in more than one shape.</summary>
internal static class JsonElements
{
    /// <summary>True for a field that is there and not null.</summary>
    public static bool IsPresent(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>True for the string <paramref name="text"/>.</summary>
    public static bool Is(this JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    /// <summary>The text of a string element.</summary>
    /// <exception cref="ApiException">400: not a string.</exception>
    public static string ToText(this JsonElement element, string parameter) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw ApiException.BadRequest($"{parameter} must be a string.", parameter);

    /// <summary>An object of a caller's own making (a schema, a tool's arguments) that is handed on as it is.</summary>
    /// <exception cref="ApiException">400: not an object, or a key twice in one object, which readers further on take ill.</exception>
    public static JsonElement ToPlainObject(this JsonElement element, string parameter)
    {
        if (element.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{parameter} must be an object.", parameter);
        RequireUniqueKeys(element, parameter);
        return element;
    }

    private static void RequireUniqueKeys(JsonElement element, string parameter)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) RequireUniqueKeys(item, parameter);
        }
        if (element.ValueKind != JsonValueKind.Object) return;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!keys.Add(property.Name)) throw ApiException.BadRequest($"{parameter} has the key '{property.Name}' twice.", parameter);
            RequireUniqueKeys(property.Value, parameter);
        }
    }
}
