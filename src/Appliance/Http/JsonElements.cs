using System.Text.Json;

namespace Appliance.Http;

/// <summary>Careful reading of the wire's fields that come in more than one shape.</summary>
internal static class JsonElements
{
    /// <summary>True for a field that is there and not null.</summary>
    public static bool IsPresent(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The text of a string element.</summary>
    /// <exception cref="ApiException">400: not a string, or half of a surrogate pair in it.</exception>
    public static string ToText(this JsonElement element, string parameter)
    {
        if (element.ValueKind != JsonValueKind.String) throw ApiException.BadRequest($"{parameter} must be a string.", parameter);
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.BadRequest($"{parameter} is not valid Unicode text.", parameter);
        }
    }

    /// <summary>An object of a caller's own making (a schema, a tool's arguments) that is handed on as it is.</summary>
    /// <exception cref="ApiException">400: not an object, a key twice in one object, or text that is not Unicode.</exception>
    public static JsonElement ToCleanObject(this JsonElement element, string parameter)
    {
        if (element.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{parameter} must be an object.", parameter);
        RequireClean(element, parameter);
        return element;
    }

    private static void RequireClean(JsonElement element, string parameter)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.ToText(parameter);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) RequireClean(item, parameter);
                break;
            case JsonValueKind.Object:
                RequireCleanKeys(element, parameter);
                foreach (var property in element.EnumerateObject()) RequireClean(property.Value, parameter);
                break;
        }
    }

    private static void RequireCleanKeys(JsonElement element, string parameter)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var property in element.EnumerateObject())
                if (!keys.Add(property.Name)) throw ApiException.BadRequest($"{parameter} has the key '{property.Name}' twice.", parameter);
        }
        catch (InvalidOperationException)
        {
            throw ApiException.BadRequest($"{parameter} has a key that is not valid Unicode text.", parameter);
        }
    }
}
