using Xunit;

namespace TestKit;

/// <summary>A fact that needs a file of the reference folder beside the repository and is skipped, with a clear word, where it is absent.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    /// <summary>Skips the fact unless the path below <c>../shared</c> exists.</summary>
    public SharedFactAttribute(string path) => Skip = SharedSkip.Reason(path)!;
}

/// <summary>A theory that needs a file of the reference folder, likewise.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the theory unless the path below <c>../shared</c> exists.</summary>
    public SharedTheoryAttribute(string path) => Skip = SharedSkip.Reason(path)!;
}

internal static class SharedSkip
{
    public static string? Reason(string path) => Shared.Find(path.Split('/')) is null ? $"reference file ../shared/{path} is absent" : null;
}
