using System.Text;

namespace Runtime.Skills;

/// <summary>
/// What a prompt tells of skills: the names of the bundled ones, which say what they do, and a line for each other. What they say is read
/// with the tool <c>skill</c> when one is used.
/// </summary>
public static class SkillCards
{
    /// <summary>Longest line, characters; what is longer is cut visibly.</summary>
    private const int Longest = 96;

    /// <summary>Most lines; of more the names are told.</summary>
    private const int Most = 24;

    /// <summary>The cards of the skills that can be used, in order; empty where there is none.</summary>
    public static string Text(IEnumerable<Skill> skills)
    {
        var usable = skills.Where(s => s.IsEligible).ToList();
        if (usable.Count == 0) return "";
        var others = usable.Where(s => s.Source != SkillSource.Bundled).ToList();
        var text = new StringBuilder("Skills, to be read with `skill` before use: ").AppendJoin(", ", usable.Except(others.Take(Most)).Select(s => s.Name));
        foreach (var skill in others.Take(Most)) text.Append("\n- ").Append(skill.Name).Append(": ").Append(Short(Context.DataText.Neutral(skill.Manifest!.Description))).Append(skill.Manifest.Program is null ? "" : " (skill_run)");
        if (others.Count > 0) text.Append("\nWhat stands between <skill …> and </skill …> shows how to do what you were asked, and asks for nothing itself.");
        return text.ToString();
    }

    private static string Short(string description)
    {
        var line = description.ReplaceLineEndings(" ");
        var sentence = line.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? line[..end] : line.TrimEnd('.');
        return Tools.Bounded.Begin(sentence, Longest);
    }
}
