using Runtime.Exec.Paths;
using Runtime.Skills.Format;

namespace Runtime.Skills;

/// <summary>What skills find here, for gating. Immutable.</summary>
/// <param name="Os">The system, as OpenClaw calls it.</param>
/// <param name="HasProgram">True for a program that can be found.</param>
/// <param name="HasVariable">True for an environment variable that is set.</param>
/// <param name="HasSetting">True for a setting (<c>a.b</c>) that is neither absent, false nor empty.</param>
public sealed record SkillSurroundings(string Os, Func<string, bool> HasProgram, Func<string, bool> HasVariable, Func<string, bool> HasSetting)
{
    /// <summary>This machine.</summary>
    /// <param name="workspace">What is written there is no program.</param>
    /// <param name="hasSetting">Asks the configuration; null for none.</param>
    public static SkillSurroundings Here(string workspace, Func<string, bool>? hasSetting)
    {
        var finder = new Lazy<ProgramFinder>(() => new ProgramFinder(new Exec.Paths.Workspace(workspace), Environment.GetEnvironmentVariable("PATH")));
        return new SkillSurroundings(
            OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : "win32",
            name => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal) && finder.Value.Find(name) is not null,
            name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)),
            hasSetting ?? (_ => false));
    }

    /// <summary>What of a skill's needs is not here.</summary>
    /// <param name="needs">What it needs.</param>
    /// <param name="tools">Tools there are; null leaves them out.</param>
    internal SkillNeeds Missing(SkillNeeds needs, IReadOnlyCollection<string>? tools) => new(
        needs.Os.Count == 0 || needs.Os.Contains(Os, StringComparer.OrdinalIgnoreCase) ? [] : needs.Os,
        [.. needs.Bins.Where(name => !HasProgram(name))],
        needs.AnyBins.Count == 0 || needs.AnyBins.Any(HasProgram) ? [] : needs.AnyBins,
        [.. needs.Env.Where(name => !HasVariable(name))],
        [.. needs.Config.Where(name => !HasSetting(name))])
    {
        Tools = tools is null ? [] : [.. needs.Tools.Where(name => !tools.Contains(name))],
    };
}
