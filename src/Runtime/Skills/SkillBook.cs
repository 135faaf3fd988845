using Runtime.Skills.Format;

namespace Runtime.Skills;

/// <summary>
/// The room's door: the skills of an agent. Of one name, the workspace's counts before the home folder's, and that before the bundled one;
/// but what has a bundled one's name counts only where the owner confirmed it. Folders are looked at anew each time and read again where
/// something changed. Reading runs nothing. Safe for several threads.
/// </summary>
public sealed class SkillBook
{
    private const int MostFolders = 256;
    private readonly (SkillSource Source, string Folder)[] _places;
    private readonly SkillSurroundings _here;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Stamp, Skill Skill)> _read = new(StringComparer.Ordinal);

    /// <summary>The skills of an agent.</summary>
    /// <param name="home">The home folder, whose skills all agents have.</param>
    /// <param name="workspace">The agent's workspace.</param>
    /// <param name="here">What gating asks; null for this machine without settings.</param>
    public SkillBook(string home, string workspace, SkillSurroundings? here = null)
    {
        UserFolder = Path.Combine(home, "skills");
        WorkspaceFolder = Path.Combine(workspace, "skills");
        State = new SkillState(Path.Combine(home, "skills.json"));
        _places = [(SkillSource.Workspace, WorkspaceFolder), (SkillSource.User, UserFolder)];
        _here = here ?? SkillSurroundings.Here(workspace, null);
    }

    /// <summary>Where skills for all agents lie.</summary>
    public string UserFolder { get; }

    /// <summary>Where this agent's own lie.</summary>
    public string WorkspaceFolder { get; }

    /// <summary>What the owner decided.</summary>
    public SkillState State { get; }

    /// <summary>All skills by name, those that cannot be used too; what another of the same name stands before is left out.</summary>
    /// <param name="tools">The tools the agent may call, for gating the bundled ones; null leaves that out.</param>
    public IReadOnlyList<Skill> List(IReadOnlyCollection<string>? tools = null)
    {
        var (decisions, fault) = Decisions();
        var skills = new SortedDictionary<string, Skill>(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var (source, place) in _places)
            {
                foreach (var folder in Folders(place))
                {
                    var skill = Decided(ReadFolder(source, folder), decisions, fault);
                    // One that cannot be used must not hide one that can.
                    if (!skills.TryGetValue(skill.Name, out var before) || (before.Problem is not null && skill.Problem is null)) skills[skill.Name] = skill;
                }
            }
        }
        foreach (var (name, manifest) in BundledSkills.All)
        {
            if (skills.TryGetValue(name, out var before) && before.Problem is null) continue;
            skills[name] = new Skill(name, SkillSource.Bundled, $"bundled:{name}") { Manifest = manifest, IsDisabled = decisions.Disabled.Contains(name) };
        }
        return [.. skills.Values.Select(skill => skill.Manifest is null ? skill : skill with { Missing = skill.Manifest.Always ? SkillNeeds.None : _here.Missing(skill.Manifest.Needs, tools) })];
    }

    /// <summary>The folders of skills that are not bundled, whether they can be read or not.</summary>
    public IEnumerable<string> Folders() => _places.SelectMany(place => Folders(place.Folder));

    /// <summary>A skill by its name, or null.</summary>
    public Skill? Find(string name) => List().FirstOrDefault(skill => skill.Name == name);

    /// <summary>The SKILL.md of a skill as it is, or its config.json.</summary>
    /// <exception cref="SkillException">It cannot be read.</exception>
    public static string FileOf(Skill skill) => skill.Source == SkillSource.Bundled ? BundledSkills.FileOf(skill.Name) : SkillFiles.ReadText(skill.Folder, skill.File);

    /// <summary>What an agent reads when it uses a skill: checked now, not when it was listed.</summary>
    /// <exception cref="SkillException">There is none, or it cannot be used; the message says why.</exception>
    public (Skill Skill, string Text) Open(string name)
    {
        var skill = Find(name) ?? throw new SkillException($"There is no skill {name}. There are: {string.Join(", ", List().Where(s => s.IsEligible).Select(s => s.Name))}.");
        if (skill.WhyNot is { } why) throw new SkillException($"The skill {name} cannot be used: {why}.");
        var text = skill.Manifest!.Body;
        if (skill.Source == SkillSource.Bundled) return (skill, text);
        if (skill.Pin is { } pin && SkillFiles.Hash(skill.Folder) != pin.Hash) throw new SkillException($"The skill {name} cannot be used: {Changed}.");
        var files = SkillFiles.List(skill.Folder).Where(f => f.Path != skill.File).Take(50).ToList();
        return (skill, files.Count == 0 ? text : $"{text}\n\nFiles of this skill in {skill.Folder}:\n{string.Join('\n', files.Select(f => $"- {f.Path} ({f.Size} bytes)"))}");
    }

    /// <summary>Puts a skill into use; one that was changed, or has a bundled one's name, is confirmed as it is now.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <exception cref="SkillException">There is none, or its file is wrong.</exception>
    public Skill Enable(string name, long now)
    {
        var skill = Own(name) ?? Find(name) ?? throw new SkillException($"There is no skill {name}.");
        if (skill.Manifest is null) throw new SkillException($"The skill {name} cannot be used: {skill.Problem}");
        if (skill.Problem is not null) State.Confirm(name, new SkillPin(SkillFiles.Hash(skill.Folder), skill.Pin?.Source ?? skill.Folder, now));
        else State.SetDisabled(name, false);
        return Find(name)!;
    }

    /// <summary>Puts a skill out of use.</summary>
    /// <exception cref="SkillException">There is none.</exception>
    public Skill Disable(string name)
    {
        if (Find(name) is null) throw new SkillException($"There is no skill {name}.");
        State.SetDisabled(name, true);
        return Find(name)!;
    }

    /// <summary>Removes a skill of the home folder or the workspace from the disk. Bundled ones can be disabled.</summary>
    /// <exception cref="SkillException">There is none.</exception>
    public string Remove(string name)
    {
        var skill = Own(name) ?? throw new SkillException(BundledSkills.All.ContainsKey(name) ? $"{name} is part of the program. `appliance skills disable {name}` puts it out of use." : $"There is no skill {name}.");
        if (new DirectoryInfo(skill.Folder).LinkTarget is not null) throw new SkillException($"{skill.Folder} is a link; remove it yourself.");
        try { Directory.Delete(skill.Folder, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new SkillException($"Cannot remove {skill.Folder}: {e.Message}", e); }
        State.Confirm(name, null);
        return skill.Folder;
    }

    private const string Changed = "its files are not the ones that were confirmed; look at them, then `appliance skills enable NAME` confirms them";

    // The one that stands in a folder, before a bundled one that is used in its place.
    private Skill? Own(string name)
    {
        if (SkillName.Problem(name) is not null) return null;
        var (decisions, fault) = Decisions();
        lock (_lock)
        {
            foreach (var (source, place) in _places)
            {
                if (Folders(place).FirstOrDefault(f => Path.GetFileName(f) == name) is { } folder) return Decided(ReadFolder(source, folder), decisions, fault);
            }
        }
        return null;
    }

    private (SkillDecisions Decisions, string? Fault) Decisions()
    {
        try { return (State.Read(), null); }
        catch (SkillException e) { return (SkillDecisions.None, e.Message); }
    }

    private static Skill Decided(Skill skill, SkillDecisions decisions, string? fault)
    {
        var pin = decisions.Confirmed.GetValueOrDefault(skill.Name);
        skill = skill with { Pin = pin, IsDisabled = decisions.Disabled.Contains(skill.Name) };
        if (skill.Problem is not null) return skill;
        if (fault is not null) return skill with { Problem = fault };
        if (pin is null) return BundledSkills.All.ContainsKey(skill.Name) ? skill with { Problem = $"it has the name of a bundled skill; `appliance skills enable {skill.Name}` puts it in its place" } : skill;
        try { return SkillFiles.Hash(skill.Folder) == pin.Hash ? skill : skill with { Problem = Changed.Replace("NAME", skill.Name, StringComparison.Ordinal) }; }
        catch (SkillException e) { return skill with { Problem = e.Message }; }
    }

    private Skill ReadFolder(SkillSource source, string folder)
    {
        var file = new FileInfo(Path.Combine(folder, SkillFiles.MainFile(folder)));
        var stamp = file.Exists ? $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks} {file.LinkTarget}" : "";
        if (_read.TryGetValue(folder, out var known) && known.Stamp == stamp) return known.Skill;
        var name = Path.GetFileName(folder);
        var skill = new Skill(name, source, folder) { File = file.Name };
        try
        {
            var manifest = SkillFiles.Manifest(folder);
            skill = manifest.Name == name ? skill with { Manifest = manifest } : skill with { Problem = $"it calls itself {manifest.Name}, and its folder {name}" };
        }
        catch (SkillException e)
        {
            skill = skill with { Problem = e.Message };
        }
        _read[folder] = (stamp, skill);
        return skill;
    }

    private static IEnumerable<string> Folders(string place)
    {
        if (!Directory.Exists(place)) return [];
        try { return [.. Directory.EnumerateDirectories(place).Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal).Take(MostFolders)]; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }
}
