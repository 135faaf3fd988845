using System.Text.Json;
using System.Text.RegularExpressions;

namespace Eval.Talking;

/// <summary>A conversation with a box that nobody used before. Immutable.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Exchanges">What is said, one after the other.</param>
internal sealed record Talk(string Name, IReadOnlyList<Exchange> Exchanges)
{
    /// <summary>
    /// Reads conversations: a JSON object a line, <c>{"talk", "say", "reply"?, "not"?, "calls"?: [names], "approve"?, "then"?: [{"where", "has"?, "not"?}]}</c>.
    /// Lines of the same <c>talk</c> are one. <c>reply</c>, <c>has</c> and <c>not</c> are regular expressions that do not look at capitals.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is not as above.</exception>
    public static IReadOnlyList<Talk> Read(string path)
    {
        var lines = new List<(string Talk, Exchange Exchange)>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            try
            {
                var fields = JsonElement.Parse(line);
                lines.Add((fields.GetProperty("talk").GetString()!, ToExchange(fields)));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidDataException($"{path}, line {lines.Count + 1}: {e.Message}", e);
            }
        }
        return [.. lines.GroupBy(line => line.Talk).Select(talk => new Talk(talk.Key, [.. talk.Select(line => line.Exchange)]))];
    }

    private static Exchange ToExchange(JsonElement fields)
    {
        // What is spelt wrongly would be looked at by nobody.
        if (fields.EnumerateObject().FirstOrDefault(field => field.Name is not ("talk" or "say" or "reply" or "not" or "calls" or "approve" or "then")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            throw new ArgumentException($"there is no field {other.Name}");
        return new Exchange(fields.GetProperty("say").GetString()!)
        {
            Reply = Pattern(fields, "reply"),
            Not = Pattern(fields, "not"),
            Calls = fields.TryGetProperty("calls", out var calls) ? [.. calls.EnumerateArray().Select(call => call.GetString()!)] : null,
            Approve = fields.TryGetProperty("approve", out var approve) && approve.GetBoolean(),
            Then = fields.TryGetProperty("then", out var then)
                ? [.. then.EnumerateArray().Select(state => new State(state.GetProperty("where").GetString()!, Pattern(state, "has"), Pattern(state, "not")))] : [],
        };
    }

    private static Regex? Pattern(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var pattern) ? new Regex(pattern.GetString()!, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant) : null;
}
