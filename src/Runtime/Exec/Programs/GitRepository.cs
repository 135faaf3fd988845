using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Runtime.Exec.Programs;

/// <summary>
/// A repository as a thing that can run programs: its configuration names filters, monitors, pagers, and its hooks are programs
/// (git-config(1), githooks(5)). One that was unpacked or written to is not trusted because it is here.
/// </summary>
internal static partial class GitRepository
{
    private const int LargestConfig = 64 * 1024;

    private static readonly FrozenSet<string> Harmless = FrozenSet.ToFrozenSet(
        ["core.repositoryformatversion", "core.filemode", "core.bare", "core.logallrefupdates", "core.ignorecase", "core.precomposeunicode", "core.symlinks", "core.autocrlf", "core.eol",
         "core.safecrlf", "core.quotepath", "core.abbrev", "core.untrackedcache", "core.preloadindex", "core.splitindex", "core.commitgraph", "core.multipackindex", "core.compression",
         "extensions.objectformat", "extensions.refstorage", "user.name", "user.email", "init.defaultbranch", "pull.rebase", "pull.ff", "push.default", "push.autosetupremote", "fetch.prune",
         "merge.conflictstyle", "merge.ff", "rebase.autostash", "rebase.autosquash", "gc.auto", "index.version", "feature.manyfiles", "color.ui", "lfs.repositoryformatversion", "commit.gpgsign", "tag.gpgsign", "user.signingkey", "core.sharedrepository", "advice.detachedhead"], StringComparer.Ordinal);

    /// <summary>True where the repository of a folder has an address with a password, which listing remotes or settings would print.</summary>
    public static bool HoldsPassword(string folder, Paths.Workspace workspace)
    {
        for (var at = folder; at is not null && workspace.Holds(at); at = Path.GetDirectoryName(at))
        {
            if (!Directory.Exists(Path.Combine(at, ".git"))) continue;
            try { return File.ReadLines(Path.Combine(at, ".git", "config")).Any(line => PasswordInAddress().IsMatch(line)); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return true; }
        }
        return false;
    }

    /// <summary>Why git has to be asked about in a folder, or null.</summary>
    public static string? WhyAsk(string folder, Paths.Workspace workspace)
    {
        for (var at = folder; at is not null && workspace.Holds(at); at = Path.GetDirectoryName(at))
        {
            // A folder that looks like a repository without a working tree is taken for one.
            if (File.Exists(Path.Combine(at, "HEAD")) && Directory.Exists(Path.Combine(at, "objects"))) return "The folder looks like a bare repository.";
            var git = Path.Combine(at, ".git");
            if (new FileInfo(git).LinkTarget is not null || File.Exists(git)) return "The repository's own folder is elsewhere.";
            if (Directory.Exists(git)) return Look(git);
        }
        return "There is no repository in the workspace.";
    }

    private static string? Look(string git)
    {
        if (File.Exists(Path.Combine(git, "commondir")) || File.Exists(Path.Combine(git, "config.worktree"))) return "The repository has a configuration in a second place.";
        if (File.Exists(Path.Combine(git, "hooks", "post-index-change"))) return "The repository has a hook that reading can run (post-index-change).";
        if (Directory.Exists(Path.Combine(git, "modules"))) return "The repository has submodules, whose configuration git would follow.";
        if (GitIndex.MayHoldRepositories(Path.Combine(git, "index"))) return "The repository may hold others, whose configuration git would follow.";
        var config = new FileInfo(Path.Combine(git, "config"));
        if (!config.Exists) return null;
        if (config.LinkTarget is not null || config.Length > LargestConfig) return "The repository's configuration is a link, or too long to be judged.";
        try { return FirstUnknown(File.ReadAllLines(config.FullName)) is { } key ? $"The repository's configuration sets {key}, which is not known to be harmless." : null; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return "The repository's configuration cannot be read."; }
    }

    private static string? FirstUnknown(string[] lines)
    {
        var section = "";
        foreach (var raw in lines)
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            // A line that goes on could hide the next one.
            if (line.EndsWith('\\')) return "a value over several lines";
            if (line[0] == '[')
            {
                var end = line.IndexOf(']');
                if (end < 0 || end != line.Length - 1) return "something after a section's name";
                section = line[1..end].Split(' ', '"')[0].ToLowerInvariant();
                if (section.Contains('.')) return section;
                continue;
            }
            var key = section + "." + line.Split('=')[0].Trim().ToLowerInvariant();
            if (!Harmless.Contains(key) && !IsOfRemote(key)) return key;
        }
        return null;
    }

    // A token may stand alone before the @; names that are no secret (git@host:…) have no //.
    [GeneratedRegex("""://[^/@\s]+@""", RegexOptions.CultureInvariant)]
    private static partial Regex PasswordInAddress();

    private static bool IsOfRemote(string key) => key is "remote.url" or "remote.fetch" or "remote.pushurl" or "remote.tagopt" or "branch.remote" or "branch.merge" or "branch.rebase" or "branch.description" or "submodule.active";
}
