using System.Security.Cryptography;
using System.Text;
using Runtime.Context;
using Runtime.Skills.Format;

namespace Runtime.Skills.Installing;

/// <summary>What a skill asks for and what is in it, for its owner to read before it is installed. Immutable.</summary>
public sealed record SkillReview
{
    /// <summary>The label of what a person should look at before saying yes.</summary>
    public const string LookAt = "look at";

    /// <summary>What its SKILL.md says.</summary>
    public required SkillManifest Manifest { get; init; }

    /// <summary>The hash of all its files.</summary>
    public required string Hash { get; init; }

    /// <summary>All its files.</summary>
    public required IReadOnlyList<SkillFile> Files { get; init; }

    /// <summary>What could be run of it, with SHA-256.</summary>
    public required IReadOnlyList<SkillScript> Scripts { get; init; }

    /// <summary>The hosts that stand in its texts.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>What a person should look at before saying yes.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What it asks for more than the one that is installed.</summary>
    public IReadOnlyList<string> Widened { get; init; } = [];

    /// <summary>Looks at a folder. Nothing of it is run.</summary>
    /// <param name="folder">The skill's folder.</param>
    /// <param name="installed">The folder of the one that is installed, to compare with; null for none.</param>
    /// <exception cref="SkillException">It is no skill.</exception>
    public static SkillReview Of(string folder, string? installed = null)
    {
        var review = Read(folder);
        if (BundledSkills.All.ContainsKey(review.Manifest.Name)) review = review with { Findings = [.. review.Findings, "It has the name of a bundled skill and would take its place."] };
        if (installed is null || !Directory.Exists(installed)) return review;
        try
        {
            var before = Read(installed);
            var same = before.Manifest.Version is not null && before.Manifest.Version == review.Manifest.Version && before.Hash != review.Hash;
            return review with
            {
                Findings = same ? [.. review.Findings, $"It says version {review.Manifest.Version} like the one that is installed, and its files are others."] : review.Findings,
                Widened =
                [
                    .. More("tool", review.Manifest.AllowedTools, before.Manifest.AllowedTools),
                    .. More("program", review.Manifest.Needs.Bins.Concat(review.Manifest.Needs.AnyBins), before.Manifest.Needs.Bins.Concat(before.Manifest.Needs.AnyBins)),
                    .. More("trigger", Triggers(review), Triggers(before)),
                    .. review.Manifest.Program?.Workspace > (before.Manifest.Program?.Workspace ?? WorkspaceAccess.None) ? (IEnumerable<string>)[$"program {review.Manifest.Program!.Asks}"] : [],
                    .. More("variable", review.Manifest.Needs.Env, before.Manifest.Needs.Env),
                    .. More("host", review.Hosts, before.Hosts),
                    .. More("script", review.Scripts.Select(s => $"{s.Path} {s.Sha256[..12]}"), before.Scripts.Select(s => $"{s.Path} {s.Sha256[..12]}")),
                ],
            };
        }
        catch (SkillException)
        {
            return review with { Findings = [.. review.Findings, "What is installed cannot be read, so that nothing can be compared."] };
        }
    }

    /// <summary>All of it in lines, for a person to read; what to look at comes last.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        yield return ("name", Manifest.Name + (Manifest.Version is { } version ? $" {version}" : ""));
        yield return ("what for", Manifest.Description);
        yield return ("hash", Hash);
        yield return ("files", $"{Files.Count}, {Files.Sum(f => f.Size):N0} bytes");
        if (Manifest.AllowedTools.Count > 0) yield return ("tools", $"{string.Join(", ", Manifest.AllowedTools)} (it is given none by that)");
        foreach (var line in Manifest.Program?.Lines() ?? []) yield return line;
        if (!Manifest.Needs.IsNothing) yield return ("needs", Manifest.Needs.ToString());
        if (Hosts.Count > 0) yield return ("hosts", string.Join(", ", Hosts));
        foreach (var script in Scripts) yield return ("script", $"{script.Path}, {script.Size:N0} bytes, sha256 {script.Sha256}");
        foreach (var more in Widened) yield return ("new", more);
        foreach (var finding in Findings) yield return (LookAt, finding);
    }

    private static SkillReview Read(string folder)
    {
        var (files, scripts, hosts, findings) = (SkillFiles.List(folder), new List<SkillScript>(), new SortedSet<string>(StringComparer.Ordinal), new List<string>());
        var manifest = SkillFiles.Manifest(folder);
        foreach (var file in files)
        {
            var content = SkillFiles.Read(folder, file.Path);
            if (SuspiciousText.KindOf(content) is { } kind) findings.Add($"{file.Path} is {kind}.");
            if (SuspiciousText.IsScript(file, content)) scripts.Add(new SkillScript(file.Path, file.Size, Convert.ToHexStringLower(SHA256.HashData(content))));
            if (content.Contains((byte)0)) continue;
            var text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
            findings.AddRange(SuspiciousText.Find(text).Select(what => $"{file.Path} {what}."));
            foreach (var host in SuspiciousText.Hosts(text).Take(50)) hosts.Add(host);
        }
        if (manifest.Program is { WantsNetwork: true }) findings.Add("It asks for a network; its program is given none.");
        if (manifest.WantedVariables.Count > 0) findings.Add($"It wants to set variables ({string.Join(", ", manifest.WantedVariables)}); none of them will be.");
        if (manifest.InstallHints.Count > 0) findings.Add("It says how programs are to be installed; nothing of that is run.");
        if (manifest.UnknownFields.Count > 0) findings.Add($"{(manifest.Program is null ? "Its front matter has fields that agentskills.io does not know" : "Its config.json has fields that mean nothing here")}: {string.Join(", ", manifest.UnknownFields)}.");
        return new SkillReview { Manifest = manifest, Hash = SkillFiles.Hash(folder), Files = files, Scripts = scripts, Hosts = [.. hosts], Findings = [.. findings.Select(DataText.Visible)] };
    }

    private static IEnumerable<string> Triggers(SkillReview review) => (review.Manifest.Program?.Triggers ?? []).Select(trigger => trigger.Text);

    private static IEnumerable<string> More(string what, IEnumerable<string> now, IEnumerable<string> before) => now.Except(before, StringComparer.Ordinal).Select(one => $"{what} {one}");
}

/// <summary>Something that could be run.</summary>
/// <param name="Path">Below the skill's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content, hexadecimal.</param>
public sealed record SkillScript(string Path, long Size, string Sha256);
