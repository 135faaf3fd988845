using Xunit;

namespace TestKit;

/// <summary>A fact that needs a Node to run; skipped, with a word, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    /// <summary>Skips the fact unless there is one.</summary>
    public NodeFactAttribute() => Skip = Node.Path is null ? "no Node is installed" : null!;
}

/// <summary>A theory that needs a Node to run, likewise.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the theory unless there is one.</summary>
    public NodeTheoryAttribute() => Skip = Node.Path is null ? "no Node is installed" : null!;
}

/// <summary>The Node of this machine.</summary>
public static class Node
{
    /// <summary>Its file; null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => System.IO.Path.Combine(folder, "node")).FirstOrDefault(File.Exists);
}
