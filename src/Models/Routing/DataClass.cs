using System.Text.Json.Serialization;

namespace Models.Routing;

/// <summary>
/// What a text may hold that not everybody may see. A turn has every class of what it read; a target may see some. Classes only add up:
/// nothing that was found later takes one away.
/// </summary>
[Flags]
public enum DataClass
{
    /// <summary>Nothing of the kinds below.</summary>
    [JsonStringEnumMemberName("public")]
    Public = 0,

    /// <summary>About a person: addresses, numbers, names of private files.</summary>
    [JsonStringEnumMemberName("personal")]
    Personal = 1,

    /// <summary>What the box measures: rooms, machines, who is at home.</summary>
    [JsonStringEnumMemberName("sensor")]
    Sensor = 2,

    /// <summary>Keys, passwords, tokens.</summary>
    [JsonStringEnumMemberName("secret")]
    Secret = 4,

    /// <summary>What laws protect: payment cards, bank accounts, identity numbers, health.</summary>
    [JsonStringEnumMemberName("regulated")]
    Regulated = 8,

    /// <summary>All of them; also what stands for a text that could not be looked at.</summary>
    [JsonStringEnumMemberName("all")]
    All = Personal | Sensor | Secret | Regulated,
}
