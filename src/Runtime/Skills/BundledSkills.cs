using System.Text;
using Runtime.Skills.Format;

namespace Runtime.Skills;

/// <summary>The skills inside the program: one SKILL.md each, kept as resources of this assembly.</summary>
internal static class BundledSkills
{
    private const string Prefix = "skills/", File = "/SKILL.md";

    private static readonly Lazy<IReadOnlyDictionary<string, SkillManifest>> Read = new(() =>
    {
        var assembly = typeof(BundledSkills).Assembly;
        var skills = new SortedDictionary<string, SkillManifest>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var manifest = SkillManifest.Read(Text(resource));
            // Ours name this box's tools: without them they are of no use.
            skills.Add(manifest.Name, manifest with { Needs = manifest.Needs with { Tools = manifest.AllowedTools } });
        }
        return skills;
    });

    /// <summary>All of them by name; read when first asked for.</summary>
    public static IReadOnlyDictionary<string, SkillManifest> All => Read.Value;

    /// <summary>The SKILL.md of one, as it is.</summary>
    public static string FileOf(string name) => Text(Prefix + name + File);

    private static string Text(string resource)
    {
        using var reader = new StreamReader(typeof(BundledSkills).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
