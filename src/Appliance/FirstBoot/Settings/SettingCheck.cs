namespace Appliance.FirstBoot.Settings;

/// <summary>What became of a value that was looked at: the value as the box uses it, or what is wrong with it. Immutable.</summary>
internal readonly record struct SettingCheck(string? Value, string? Fault)
{
    /// <summary>It will do.</summary>
    public static SettingCheck Ok(string value) => new(value, null);

    /// <summary>It will not.</summary>
    public static SettingCheck Wrong(string fault) => new(null, fault);
}
