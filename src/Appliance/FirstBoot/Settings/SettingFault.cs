namespace Appliance.FirstBoot.Settings;

/// <summary>Something that is wrong with a settings file. It never says a value: those may be secrets, and it is written where anybody can read it. Immutable.</summary>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Key">The setting it is about, or null.</param>
/// <param name="Why">What is wrong, as a sentence without a full stop.</param>
/// <param name="Example">A line that would be right, or null.</param>
internal sealed record SettingFault(int Line, string? Key, string Why, string? Example = null)
{
    /// <summary>True where it is not the file that is wrong, but who looks: this user may not read it.</summary>
    public bool IsDenied { get; init; }

    /// <summary>As a person reads it.</summary>
    public override string ToString() =>
        (Line, Key) switch { (0, null) => "", (0, _) => $"{Key}: ", (_, null) => $"line {Line}: ", _ => $"line {Line}, {Key}: " } + Why + (Example is null ? "" : $"\n    for example: {Example}");
}
