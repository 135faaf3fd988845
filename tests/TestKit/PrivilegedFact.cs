using Xunit;

namespace TestKit;

/// <summary>A fact whose process must be root's and is skipped, with a word, where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivilegedFactAttribute : FactAttribute
{
    /// <summary>Skips the fact unless it is.</summary>
    public PrivilegedFactAttribute() => Skip = Privileged.Why!;
}

/// <summary>A theory whose process must be root's, likewise.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivilegedTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the theory unless it is.</summary>
    public PrivilegedTheoryAttribute() => Skip = Privileged.Why!;
}

internal static class Privileged
{
    public static string? Why => Environment.IsPrivilegedProcess ? null : "the tests do not run as root";
}
