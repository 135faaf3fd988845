using System.Security.Cryptography;
using System.Text;
using Runtime.Mcp.Definitions;

namespace Runtime.Mcp;

/// <summary>What of a server's tools is not what its owner approved. Immutable.</summary>
/// <param name="Waiting">New tools, and those whose words or arguments are others now.</param>
/// <param name="Before">What was approved under the names of these.</param>
/// <param name="Gone">Names of approved tools that it has no more.</param>
public sealed record McpChange(IReadOnlyList<ToolDefinition> Waiting, IReadOnlyList<ToolDefinition> Before, IReadOnlyList<string> Gone)
{
    /// <summary>Names the change: the same for the same.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(Waiting.Select(t => t.Hash)))));

    /// <summary>What lies between what was approved and what is.</summary>
    public static McpChange Between(IReadOnlyList<ToolDefinition> approved, IReadOnlyList<ToolDefinition> now)
    {
        var before = approved.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var waiting = now.Where(t => before.GetValueOrDefault(t.Name) != t).ToList();
        return new McpChange(
            waiting, [.. waiting.Select(t => before.GetValueOrDefault(t.Name)).OfType<ToolDefinition>()],
            [.. approved.Select(t => t.Name).Except(now.Select(t => t.Name))]);
    }

    /// <summary>All of it, for the owner to read.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var tool in Waiting)
        {
            var old = Before.FirstOrDefault(t => t.Name == tool.Name);
            text.Append(old is null ? $"new tool {tool.Name}: {tool.Description}\narguments: {tool.Schema}\n" : $"changed tool {tool.Name}\n");
            if (old is null) continue;
            if (old.Description != tool.Description) text.Append($"was: {old.Description}\nis: {tool.Description}\n");
            if (old.Schema != tool.Schema) text.Append($"arguments were: {old.Schema}\narguments are: {tool.Schema}\n");
            if (old.SaysItReads != tool.SaysItReads) text.Append($"it {(tool.SaysItReads ? "says now that it only reads" : "no longer says that it only reads")}\n");
        }
        return text.ToString();
    }
}
