namespace Appliance.Config;

/// <summary>What a setting is, beside its name, type and default: the schema, the checks, the variables and hot reload all come from here.</summary>
/// <param name="description">One sentence or two for the person who sets it.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string description) : Attribute
{
    /// <summary>What it does.</summary>
    public string Description { get; } = description;

    /// <summary>True where a part hears of a change while the server runs; else it takes a restart.</summary>
    public bool Hot { get; init; }

    /// <summary>An older name of the environment variable that sets it, beside the one that follows from its path.</summary>
    public string? Variable { get; init; }

    /// <summary>One of <see cref="SettingFormat"/>, or null.</summary>
    public string? Format { get; init; }

    /// <summary>Least of a number.</summary>
    public double Least { get; init; } = double.NaN;

    /// <summary>Most of a number.</summary>
    public double Most { get; init; } = double.NaN;
}
