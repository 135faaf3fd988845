using System.Collections.Frozen;

namespace Runtime.Exec;

/// <summary>
/// The environment of commands: a short list, made anew for each. What could load code, move a configuration or change where programs are
/// found cannot be set by who writes the command; secrets of this process are not passed on.
/// </summary>
internal static class EnvironmentRules
{
    private static readonly FrozenSet<string> Settable = FrozenSet.ToFrozenSet(
        ["LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "TZ", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS", "LINES"], StringComparer.Ordinal);

    // What is so anyway can be written before a command.
    private static readonly FrozenDictionary<string, string> Always = new Dictionary<string, string>
    {
        ["TERM"] = "dumb",
        ["PAGER"] = "cat",
        ["GIT_PAGER"] = "cat",
        ["GIT_OPTIONAL_LOCKS"] = "0",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True for a variable that a command may set.</summary>
    public static bool IsSettable(string name) => Settable.Contains(name) || Always.ContainsKey(name);

    /// <summary>Why a variable may not be set to a value, or null.</summary>
    public static string? WhyNotSet(string name, string value)
    {
        if (!IsSettable(name)) return $"{(IsName(name) ? name : "A name with other characters")} is not a variable that a command may set.";
        if (Always.TryGetValue(name, out var always)) return value == always ? null : $"{name} is always {always}.";
        // Names of locales and zones become paths in some libraries.
        var isPath = value.StartsWith('/') || value.StartsWith(':') || value.Contains("..", StringComparison.Ordinal);
        return !isPath && value.Length <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@' or '+' or '/') ? null : $"The value of {name} is not a name.";
    }

    /// <summary>What every command gets.</summary>
    /// <param name="searchPath">Where programs are found.</param>
    /// <param name="home">A folder for what programs keep: not the owner's.</param>
    /// <param name="own">Variables of this command.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Make(string searchPath, string home, IEnumerable<KeyValuePair<string, string>> own)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = searchPath,
            ["HOME"] = home,
            ["TMPDIR"] = home,
            ["LANG"] = "C.UTF-8",
            // Git reads no configuration but the repository's, and of that nothing that starts a program (git-config(1)).
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_ATTR_NOSYSTEM"] = "1",
            ["GIT_NO_LAZY_FETCH"] = "1",
            ["GIT_CONFIG_COUNT"] = "5",
            ["GIT_CONFIG_KEY_0"] = "core.fsmonitor",
            ["GIT_CONFIG_VALUE_0"] = "false",
            ["GIT_CONFIG_KEY_1"] = "core.hooksPath",
            ["GIT_CONFIG_VALUE_1"] = "/dev/null",
            ["GIT_CONFIG_KEY_2"] = "safe.bareRepository",
            ["GIT_CONFIG_VALUE_2"] = "explicit",
            ["GIT_CONFIG_KEY_3"] = "diff.ignoreSubmodules",
            ["GIT_CONFIG_VALUE_3"] = "all",
            ["GIT_CONFIG_KEY_4"] = "protocol.allow",
            ["GIT_CONFIG_VALUE_4"] = "never",
            ["npm_config_update_notifier"] = "false",
            ["npm_config_offline"] = "true",
        };
        foreach (var (name, value) in Always) variables[name] = value;
        foreach (var (name, value) in own) variables[name] = value;
        return [.. variables];
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
