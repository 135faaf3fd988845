using System.Globalization;
using System.Text.Json;

namespace Appliance.Update.Manifests;

/// <summary>Reads a JSON object of which every field has to be known, and is read once: whatever is not as it should be is an <see cref="InvalidDataException"/>.</summary>
internal sealed class StrictObject
{
    private readonly Dictionary<string, JsonElement> _left = new(StringComparer.Ordinal);
    private readonly string _what;

    /// <summary>Opens one.</summary>
    /// <param name="element">The object.</param>
    /// <param name="what">How a fault names it.</param>
    public StrictObject(JsonElement element, string what)
    {
        _what = what;
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{what} is no object");
        foreach (var field in element.EnumerateObject())
            if (!_left.TryAdd(field.Name, field.Value)) throw new InvalidDataException($"'{field.Name}' is in {what} twice");
    }

    /// <summary>A text that must be there and pass.</summary>
    public string Text(string name, Func<string, bool> isRight) =>
        Take(name) is { ValueKind: JsonValueKind.String } value && value.GetString()! is var text && isRight(text) ? text : throw Wrong(name);

    /// <summary>The same, or null where it is not there.</summary>
    public string? OptionalText(string name, Func<string, bool> isRight) => _left.ContainsKey(name) ? Text(name, isRight) : null;

    /// <summary>A number from 0 to <paramref name="most"/>.</summary>
    public long Number(string name, long most) =>
        Take(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= 0 && number <= most ? number : throw Wrong(name);

    /// <summary>A moment, RFC 3339 in UTC.</summary>
    public DateTimeOffset Time(string name) => DateTimeOffset.TryParseExact(
        Text(name, _ => true), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw Wrong(name);

    /// <summary>A list of so many things at most; an empty one where it is not there and need not be.</summary>
    public IReadOnlyList<JsonElement> List(string name, int most, bool isOptional = false)
    {
        if (isOptional && !_left.ContainsKey(name)) return [];
        return Take(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() <= most ? [.. list.EnumerateArray()] : throw Wrong(name);
    }

    /// <summary>Nothing may be left.</summary>
    public void End()
    {
        if (_left.Count > 0) throw new InvalidDataException($"{_what} has '{_left.Keys.First()}', which is not known");
    }

    private JsonElement Take(string name) => _left.Remove(name, out var value) ? value : throw new InvalidDataException($"{_what} has no '{name}'");

    private InvalidDataException Wrong(string name) => new($"'{name}' in {_what} is not as it should be");
}
