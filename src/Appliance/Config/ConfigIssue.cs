using Appliance.Config.Document;

namespace Appliance.Config;

/// <summary>Something that is wrong with a configuration, or only odd.</summary>
/// <param name="Path">Where.</param>
/// <param name="Line">The line in the file, from one.</param>
/// <param name="Message">What, and what would be right.</param>
/// <param name="IsWarning">True where the file can be used all the same.</param>
internal sealed record ConfigIssue(ConfigPath Path, int Line, string Message, bool IsWarning = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}: {(Path.Steps.Count > 0 ? $"{Path} " : "")}{Message}";
}
