namespace Runtime.Exec.Programs;

/// <summary>
/// npm: what prints where things are and what is installed. Everything else runs scripts of packages, uses the network, writes, or shows
/// credentials. A project's own .npmrc can name programs, so beside one npm asks.
/// </summary>
internal sealed class NpmProfile : ProgramProfile
{
    private static readonly OptionTable Options = new(
        "-v -g -l -a -s -d --version --versions --global --json --long --parseable --all --depth: --silent --quiet --loglevel: --no-color --color? --omit: --include: --link --help! -h! -?!")
    { IsGetopt = false };

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        for (var folder = call.Folder; folder is not null && call.Workspace.Holds(folder); folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".npmrc"))) return "The .npmrc of the project can name programs.";
        }
        if (call.Arguments is ["help" or "-h" or "--help"]) return null;
        // npm takes any setting as an option, so only whole names pass.
        foreach (var argument in call.Arguments)
        {
            if (argument.StartsWith("--no-", StringComparison.Ordinal) && argument != "--no-color") return $"{argument} of npm is not known to be harmless.";
        }
        var parsed = Options.Parse(call.Arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        if (parsed.Operands.Count == 0) return parsed.Has("-v", "--version", "--versions") ? null : "npm alone shows help by its own pager.";
        if (parsed.Has("-v", "--version", "--versions")) return "npm --version takes no command.";
        return parsed.Operands[0] switch
        {
            "root" or "prefix" or "bin" or "completion" or "fund" or "version" when parsed.Operands.Count == 1 => null,
            // Without a name it lists them.
            "run" or "run-script" when parsed.Operands.Count == 1 => null,
            "query" when parsed.Operands.Count == 2 => null,
            // Secrets are left out of it (npm-config(1)), but not of all of it.
            "config" when parsed.Operands is [_, "list" or "ls"] && !parsed.Has("-l", "--long", "--json", "-a", "--all") => null,
            // Settings without secrets, the project's own file, and why a package is here.
            "config" when parsed.Operands is [_, "get", "registry" or "prefix" or "cache" or "node-version" or "npm-version"] => null,
            "pkg" when parsed.Operands is [_, "get", ..] && parsed.Operands.Skip(2).All(IsPackage) => null,
            "explain" or "why" when parsed.Operands.Count == 2 && IsPackage(parsed.Operands[1]) => null,
            "ls" or "list" or "la" or "ll" when parsed.Operands.Skip(1).All(IsPackage) && !parsed.Has("-g", "--global") => null,
            var command => $"npm {command} is not one of the commands that only read.",
        };
    }

    private static bool IsPackage(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '/' or '.' or '_' or '-' or '^' or '~');
}
