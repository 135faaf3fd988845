using Models.Egress;
using Models.Store;
using Runtime.Sandbox;

namespace Runtime.Skills.Installing;

/// <summary>
/// Installs skills for all agents of a home, in two steps: what was named is put into quarantine and looked at; then, when its owner has
/// said yes to what was found, it is moved into place by a rename, and its content is remembered. A power cut in between leaves the old one,
/// or one that is out of use until it is confirmed. Safe for several threads.
/// </summary>
/// <param name="book">The skills there are.</param>
/// <param name="door">The one way out.</param>
/// <param name="sandbox">Where git runs; null for this machine's.</param>
public sealed class SkillInstaller(SkillBook book, EgressDoor door, CommandSandbox? sandbox = null)
{
    private string Quarantine => Path.Combine(book.UserFolder, ".quarantine");

    /// <summary>Gets a skill and looks at it. Nothing is installed.</summary>
    /// <param name="source">A folder, a .zip, .tar or .tar.gz, <c>git:URL</c> or a URL, with <c>#sha256=HEX</c> if it is known.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="from">What is remembered as its source; null for <paramref name="source"/>.</param>
    /// <exception cref="SkillException">It cannot be had, was refused, or is no skill; nothing of it is left.</exception>
    public async Task<StagedSkill> StageAsync(string source, CancellationToken cancellation, string? from = null)
    {
        var folder = Path.Combine(HomeFolder.EnsureFolder(Quarantine), Guid.NewGuid().ToString("N"));
        try
        {
            // What a power cut left.
            foreach (var left in Directory.EnumerateDirectories(Quarantine).Where(f => Directory.GetLastWriteTimeUtc(f) < DateTime.UtcNow.AddDays(-1))) Delete(left);
            HomeFolder.EnsureFolder(folder);
            await new SkillFetcher(door, sandbox ?? new CommandSandbox()).FetchAsync(source, folder, cancellation);
            var skill = Root(folder);
            var installed = Path.Combine(book.UserFolder, SkillReview.Of(skill).Manifest.Name);
            return new StagedSkill(folder, skill, from ?? source, installed, SkillReview.Of(skill, installed));
        }
        catch
        {
            Delete(folder);
            throw;
        }
    }

    /// <summary>Installs what was looked at.</summary>
    /// <param name="staged">From <see cref="StageAsync"/>.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <exception cref="SkillException">It is not what was looked at any more, or cannot be moved.</exception>
    public Skill Install(StagedSkill staged, long now)
    {
        if (SkillFiles.Hash(staged.Skill) != staged.Review.Hash) throw new SkillException("The files in quarantine are not the ones that were looked at. Nothing was installed.");
        var name = staged.Review.Manifest.Name;
        try
        {
            foreach (var file in staged.Review.Files) Disk.SyncAndHash(Path.Combine(staged.Skill, file.Path), CancellationToken.None);
            foreach (var below in Directory.EnumerateDirectories(staged.Skill, "*", SearchOption.AllDirectories).Append(staged.Skill)) Disk.SyncFolder(below);
            var old = staged.Folder + ".old";
            if (Directory.Exists(staged.Target)) Directory.Move(staged.Target, old);
            Directory.Move(staged.Skill, staged.Target);
            Disk.SyncFolder(book.UserFolder);
            book.State.Confirm(name, new SkillPin(staged.Review.Hash, staged.Source, now));
            Delete(old);
            return book.Find(name)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillException($"Cannot move the skill to {staged.Target}: {e.Message}", e);
        }
    }

    // Where SKILL.md is, or config.json with its program: at the top, or in the one folder that is there.
    private static string Root(string folder)
    {
        var at = folder;
        for (var depth = 0; depth < 4; depth++)
        {
            if (File.Exists(Path.Combine(at, SkillFiles.MainFile(at)))) return at;
            var below = Directory.GetDirectories(at).Where(f => Path.GetFileName(f) is not (".git" or "__MACOSX")).ToArray();
            if (below.Length != 1) break;
            at = below[0];
        }
        var found = SkillFiles.List(folder).Where(f => Path.GetFileName(f.Path) == "SKILL.md").Select(f => Path.GetDirectoryName(f.Path)).Take(20).ToList();
        throw new SkillException(found.Count == 0 ? "There is no SKILL.md in it, and no config.json, so it is no skill." : $"There are several skills in it: {string.Join(", ", found)}. Name the folder of one.");
    }

    internal static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
