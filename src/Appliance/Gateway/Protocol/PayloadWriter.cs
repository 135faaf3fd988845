using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Appliance.Gateway.Protocol;

/// <summary>Something that goes over the wire as a JSON object.</summary>
internal interface IPayload
{
    /// <summary>Writes its fields by their names on the wire.</summary>
    void Write(PayloadWriter to);
}

/// <summary>
/// Writes payloads field by field. The payloads of this protocol are a hundred small objects: what a JSON serializer needs to know of as
/// many types would cost an idle box two megabytes (docs/adr/0004). A field that is null is left out, unless it is said to stay.
/// </summary>
internal sealed class PayloadWriter(IBufferWriter<byte> output) : IDisposable
{
    // Text stays readable and short on the wire; nothing here is put into HTML.
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A text, or nothing.</summary>
    public PayloadWriter Add(string name, string? value)
    {
        if (value is not null) _json.WriteString(name, value);
        return this;
    }

    /// <summary>A number, or nothing.</summary>
    public PayloadWriter Add(string name, long? value)
    {
        if (value is { } number) _json.WriteNumber(name, number);
        return this;
    }

    /// <summary>True or false, or nothing.</summary>
    public PayloadWriter Add(string name, bool? value)
    {
        if (value is { } flag) _json.WriteBoolean(name, flag);
        return this;
    }

    /// <summary>An object, or nothing.</summary>
    public PayloadWriter Add(string name, IPayload? value)
    {
        if (value is null) return this;
        _json.WritePropertyName(name);
        return Object(value);
    }

    /// <summary>A list of texts, or nothing.</summary>
    public PayloadWriter Add(string name, IReadOnlyList<string>? values)
    {
        if (values is null) return this;
        _json.WriteStartArray(name);
        foreach (var value in values) _json.WriteStringValue(value);
        _json.WriteEndArray();
        return this;
    }

    /// <summary>A list of objects, or nothing.</summary>
    public PayloadWriter Add(string name, IReadOnlyList<IPayload>? values)
    {
        if (values is null) return this;
        _json.WritePropertyName(name);
        return List(values);
    }

    /// <summary>A number that is no whole one.</summary>
    public PayloadWriter Number(string name, double value)
    {
        _json.WriteNumber(name, value);
        return this;
    }

    /// <summary>A list of numbers.</summary>
    public PayloadWriter Add(string name, IReadOnlyList<double> values)
    {
        _json.WriteStartArray(name);
        foreach (var value in values) _json.WriteNumberValue(value);
        _json.WriteEndArray();
        return this;
    }

    /// <summary>JSON that somebody else made, or nothing.</summary>
    public PayloadWriter Add(string name, JsonElement? value)
    {
        if (value is not { ValueKind: not JsonValueKind.Undefined } element) return this;
        _json.WritePropertyName(name);
        element.WriteTo(_json);
        return this;
    }

    /// <summary>A text, or null that is there.</summary>
    public PayloadWriter Stay(string name, string? value)
    {
        _json.WriteString(name, value);
        return this;
    }

    /// <summary>A number, or null that is there.</summary>
    public PayloadWriter Stay(string name, long? value)
    {
        if (value is { } number) _json.WriteNumber(name, number);
        else _json.WriteNull(name);
        return this;
    }

    /// <summary>An object, or null that is there.</summary>
    public PayloadWriter Stay(string name, IPayload? value)
    {
        if (value is not null) return Add(name, value);
        _json.WriteNull(name);
        return this;
    }

    /// <summary>Nulls that are there.</summary>
    public PayloadWriter Nothing(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _json.WriteNull(name);
        return this;
    }

    /// <summary>Objects that are empty.</summary>
    public PayloadWriter Empty(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _json.WriteStartObject(name);
            _json.WriteEndObject();
        }
        return this;
    }

    /// <summary>Lists that are empty.</summary>
    public PayloadWriter None(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _json.WriteStartArray(name);
            _json.WriteEndArray();
        }
        return this;
    }

    /// <summary>A whole object.</summary>
    public PayloadWriter Object(IPayload value)
    {
        _json.WriteStartObject();
        value.Write(this);
        _json.WriteEndObject();
        return this;
    }

    /// <summary>A whole list.</summary>
    public PayloadWriter List(IReadOnlyList<IPayload> values)
    {
        _json.WriteStartArray();
        foreach (var value in values) Object(value);
        _json.WriteEndArray();
        return this;
    }

    /// <summary>JSON that has been written before.</summary>
    public PayloadWriter Raw(string name, ReadOnlySpan<byte> json)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(json, skipInputValidation: true);
        return this;
    }

    /// <summary>The beginning of an object that goes on.</summary>
    public PayloadWriter Begin()
    {
        _json.WriteStartObject();
        return this;
    }

    /// <summary>The end of an object that was begun.</summary>
    public void End() => _json.WriteEndObject();

    /// <summary>Everything reaches the output.</summary>
    public void Dispose() => _json.Dispose();
}
