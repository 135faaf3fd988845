using System.Text.Json;

namespace Appliance.Gateway.Protocol;

/// <summary>
/// Careful reading of a request's parameters. What is not asked for is not looked at: newer clients send fields this gateway does not
/// know. A field that is null counts as absent.
/// </summary>
/// <param name="method">The method, for messages.</param>
/// <param name="element">The object, or undefined where the request has none.</param>
internal readonly struct RequestParams(string method, JsonElement element)
{
    /// <summary>Parameters of a request.</summary>
    /// <exception cref="GatewayException">They are not an object.</exception>
    public static RequestParams Of(RequestFrame request)
    {
        var parameters = new RequestParams(request.Method, request.Params);
        return request.Params.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null
            ? parameters
            : throw parameters.Fault("at root: must be object");
    }

    /// <summary>A text that must be there and not be empty.</summary>
    /// <exception cref="GatewayException">It is missing, empty, too long or no text.</exception>
    public string Text(string name, int longest = 512) => OptionalText(name, longest) switch
    {
        null => throw Fault($"must have required property '{name}'"),
        "" => throw Fault($"at /{name}: must not have fewer than 1 characters"),
        var text => text,
    };

    /// <summary>A text that may be long and empty, but must be there.</summary>
    public string LongText(string name) => OptionalText(name, int.MaxValue) ?? throw Fault($"must have required property '{name}'");

    /// <summary>A text, or null.</summary>
    public string? OptionalText(string name, int longest = 512)
    {
        if (!Has(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw Fault($"at /{name}: must be string");
        var text = value.GetString()!;
        return text.Length <= longest ? text : throw Fault($"at /{name}: must not have more than {longest} characters");
    }

    /// <summary>One of a few words, or null.</summary>
    public string? OptionalWord(string name, params ReadOnlySpan<string> words)
    {
        var text = OptionalText(name);
        if (text is null) return null;
        foreach (var word in words)
        {
            if (text == word) return word;
        }
        throw Fault($"at /{name}: must be equal to one of the allowed values");
    }

    /// <summary>A whole number in a range, or null.</summary>
    public long? OptionalNumber(string name, long least = 0, long most = long.MaxValue)
    {
        if (!Has(name, out var value)) return null;
        // 5.0 and 5e0 are whole numbers too, as JavaScript writes and reads them.
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number != Math.Floor(number) || Math.Abs(number) > 1L << 53)
            throw Fault($"at /{name}: must be integer");
        if (number < least) throw Fault($"at /{name}: must be >= {least}");
        if (number > most) throw Fault($"at /{name}: must be <= {most}");
        return (long)number;
    }

    /// <summary>True or false, or null.</summary>
    public bool? OptionalFlag(string name) => !Has(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault($"at /{name}: must be boolean"),
    };

    /// <summary>A list of texts, or null.</summary>
    public IReadOnlyList<string>? OptionalTexts(string name, int most = 256, int longest = 512)
    {
        if (!Has(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Fault($"at /{name}: must be array");
        if (value.GetArrayLength() > most) throw Fault($"at /{name}: must not have more than {most} items");
        var texts = new List<string>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { } text || text.Length > longest)
                throw Fault($"at /{name}/{texts.Count}: must be a string of at most {longest} characters");
            texts.Add(text);
        }
        return texts;
    }

    /// <summary>An object inside the parameters, or null.</summary>
    public RequestParams? OptionalObject(string name)
    {
        if (!Has(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Object ? new RequestParams(method, value) : throw Fault($"at /{name}: must be object");
    }

    /// <summary>A list of objects, or null.</summary>
    public IReadOnlyList<RequestParams>? OptionalObjects(string name, int most)
    {
        if (!Has(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Fault($"at /{name}: must be array");
        if (value.GetArrayLength() > most) throw Fault($"at /{name}: must not have more than {most} items");
        var objects = new List<RequestParams>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw Fault($"at /{name}/{objects.Count}: must be object");
            objects.Add(new RequestParams(method, item));
        }
        return objects;
    }

    /// <summary>A value of any kind, undefined where it is absent.</summary>
    public JsonElement Any(string name) => Has(name, out var value) ? value : default;

    /// <summary>True where the field is there, null included: a patch sets to null on purpose.</summary>
    public bool Names(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> AllNames() => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(p => p.Name) : [];

    /// <summary>The error that names the method and what is wrong with its parameters.</summary>
    public GatewayException Fault(string fault) => GatewayException.Invalid($"invalid {method} params: {fault}");

    private bool Has(string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
