using System.Text.Json;
using Runtime.Exec;

namespace Appliance.Commands.Exec;

/// <summary>A line of <c>exec check</c>: a JSON string, or an object with <c>command</c>, <c>cwd</c> and <c>env</c>.</summary>
internal static class ExecRequestJson
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is not JSON, or neither of the two.</exception>
    public static ExecRequest Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.String) return new ExecRequest(root.GetString()!);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("command", out var command)) throw new JsonException("a string, or an object with a command, is expected");
        var variables = root.TryGetProperty("env", out var env) && env.ValueKind == JsonValueKind.Object
            ? env.EnumerateObject().DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Value.GetString() ?? "", StringComparer.Ordinal) : null;
        return new ExecRequest(command.GetString() ?? "", root.TryGetProperty("cwd", out var folder) ? folder.GetString() : null, variables);
    }
}
