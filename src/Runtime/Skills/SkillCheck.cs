using System.Text;
using Models.Store;
using Runtime.Skills.Format;

namespace Runtime.Skills;

/// <summary>For people who write skills: a new one to begin with, and what is wrong with one, as strictly as agentskills.io has it.</summary>
public static class SkillCheck
{
    /// <summary>What is wrong with a folder; empty where nothing is.</summary>
    public static IReadOnlyList<string> Problems(string folder)
    {
        if (!Directory.Exists(folder)) return [$"{folder} is no folder."];
        try
        {
            SkillFiles.List(folder);
            var manifest = SkillFiles.Manifest(folder);
            var problems = new List<string>();
            var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
            if (name != manifest.Name) problems.Add($"The folder is called {name}, and the skill {manifest.Name}.");
            if (manifest is { Program: not null, UnknownFields.Count: > 0 }) problems.Add($"config.json has fields that mean nothing here: {string.Join(", ", manifest.UnknownFields)}.");
            else if (manifest.UnknownFields.Count > 0) problems.Add($"Fields that agentskills.io does not know: {string.Join(", ", manifest.UnknownFields)}. What is your own belongs below metadata.");
            if (manifest.Body.Trim().Length == 0) problems.Add("Nothing stands below the front matter: an agent would read nothing.");
            return problems;
        }
        catch (Exception e) when (e is SkillException or IOException or UnauthorizedAccessException)
        {
            return [e.Message];
        }
    }

    /// <summary>Makes a skill to begin with.</summary>
    /// <param name="place">The folder to make its folder in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for; null for a text to be replaced.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="SkillException">The name is none, or is taken.</exception>
    public static string Create(string place, string name, string? description)
    {
        if (SkillName.Problem(name) is { } problem) throw new SkillException($"\"{name}\": {problem}.");
        if (BundledSkills.All.ContainsKey(name)) throw new SkillException($"{name} is the name of a bundled skill. Take another one.");
        if (description is { Length: 0 or > 1024 }) throw new SkillException("A description has 1 to 1,024 characters.");
        var folder = Path.Combine(place, name);
        if (Path.Exists(folder)) throw new SkillException($"{folder} is there already.");
        try
        {
            HomeFolder.EnsureFolder(folder);
            DurableFile.Replace(Path.Combine(folder, "SKILL.md"), Encoding.UTF8.GetBytes(Template(name, description ?? "What it does. Use it when … (an agent decides by this line alone).")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillException($"Cannot write {folder}: {e.Message}", e);
        }
        return folder;
    }

    private static string Template(string name, string description) => $"""
        ---
        name: {name}
        description: "{description.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}"
        ---
        1. What to do first, in short sentences for a small model. Name tools as they are called: `read`, `write`, `time`.
        2. What to do next.

        What to say back. What never to do.

        """.ReplaceLineEndings("\n");
}
