namespace Runtime.Tools.Policy;

/// <summary>What somebody may call. Names may end in <c>*</c>. What denies wins over what asks, and that over what allows. Immutable.</summary>
public sealed record ToolRules
{
    /// <summary>The profile; null for none, so that only <see cref="Allow"/> counts.</summary>
    public ToolProfile? Profile { get; init; }

    /// <summary>Tools beyond the profile.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Tools that are asked about each time.</summary>
    public IReadOnlyList<string> Ask { get; init; } = [];

    /// <summary>Tools that are never called.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>An assistant's.</summary>
    public static ToolRules Assistant { get; } = new() { Profile = ToolProfile.Assistant };

    /// <summary>Nothing at all.</summary>
    public static ToolRules Nothing { get; } = new();

    internal ToolVerdict Of(Tool tool, ToolProfile needed)
    {
        if (Matches(Deny, tool.Name)) return ToolVerdict.Deny;
        var known = (Profile is { } profile && needed <= profile) || Matches(Allow, tool.Name) || Matches(Ask, tool.Name);
        if (!known) return ToolVerdict.Deny;
        return Matches(Ask, tool.Name) ? ToolVerdict.Ask : ToolVerdict.Allow;
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name);
}
