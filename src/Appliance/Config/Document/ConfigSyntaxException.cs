using Models;

namespace Appliance.Config.Document;

/// <summary>The text is not JSON with comments. Lines and columns count from one.</summary>
internal sealed class ConfigSyntaxException(int line, int column, string fault) : ModelException($"Line {line}, column {column}: {fault}")
{
    /// <summary>Where it is.</summary>
    public int Line { get; } = line;
}
