using System.Text.Json;

namespace Appliance.Config.Document;

/// <summary>A value of the file and where it stands in it, in bytes. Immutable once the document has been read.</summary>
internal sealed class ConfigNode(JsonValueKind kind, int start)
{
    /// <summary>What it is.</summary>
    public JsonValueKind Kind { get; } = kind;

    /// <summary>Its first byte.</summary>
    public int Start { get; } = start;

    /// <summary>The byte after its last.</summary>
    public int End { get; set; }

    /// <summary>Of an object, in their order.</summary>
    public List<ConfigMember> Members { get; } = [];

    /// <summary>Of a list.</summary>
    public List<ConfigNode> Items { get; } = [];

    /// <summary>The value of that step, or null.</summary>
    public ConfigNode? this[string step] => Kind switch
    {
        JsonValueKind.Object => Members.FirstOrDefault(member => member.Name == step)?.Value,
        JsonValueKind.Array => int.TryParse(step, out var index) && index >= 0 && index < Items.Count ? Items[index] : null,
        _ => null,
    };
}

/// <summary>A name of an object, where it begins, and its value.</summary>
internal sealed record ConfigMember(string Name, int Start, ConfigNode Value);
