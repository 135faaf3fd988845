namespace EndToEnd.Services;

/// <summary>A fact that needs programs of the system; skipped, with a word, where one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs)
    {
        var missing = programs.Where(program => !((string[])["/usr/bin", "/bin", "/usr/sbin", "/sbin"]).Any(folder => File.Exists(Path.Combine(folder, program)))).ToArray();
        Skip = missing.Length == 0 ? null! : $"not installed: {string.Join(", ", missing)}";
    }
}
