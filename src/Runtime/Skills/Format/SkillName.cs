namespace Runtime.Skills.Format;

/// <summary>
/// What a skill may be called (agentskills.io): 1 to 64 of <c>a</c>–<c>z</c>, digits and single hyphens inside. No other alphabet, so that
/// no two names look alike; none that is a device of Windows or a tool of this box, so that a name means one thing.
/// </summary>
internal static class SkillName
{
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "con", "prn", "aux", "nul", "read", "write", "edit", "ls", "find", "grep", "exec", "process", "time", "cron", "message", "canvas", "browser", "skill", "tools", "image", "apply-patch", "web-fetch", "web-search", "agent", "system", "user",
    };

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Problem(string name)
    {
        if (name.Length is 0 or > 64) return "its name must have 1 to 64 characters";
        if (!name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')) return "its name can have small letters a to z, digits and hyphens alone";
        if (name[0] == '-' || name[^1] == '-' || name.Contains("--", StringComparison.Ordinal)) return "its name cannot begin or end with a hyphen, nor have two together";
        return Taken.Contains(name) || (name.Length == 4 && name[..3] is "com" or "lpt" && char.IsAsciiDigit(name[3])) ? $"the name {name} is taken by a tool or a device" : null;
    }
}
