using Appliance.Config;
using Models;

namespace Appliance.Doctor;

/// <summary>Who may read what below the home folder: its owner, and nobody else.</summary>
internal static class FileModes
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What others may read or write, each with its repair.</summary>
    public static IEnumerable<Finding> Check(string home)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(home)) return [Finding.Ok("permissions", $"{home} is made at the first start")];
        List<Finding> findings = [];
        if (Open(home) is { } whole) findings.Add(whole);
        if (!CanWrite(home)) findings.Add(new Finding("permissions", Severity.Critical, $"{home} cannot be written to", "Nothing can be kept.", $"Give it to this user: `sudo chown -R $(id -un) {home}`, or set APPLIANCE_HOME."));
        // Where the folder is shut, nobody gets at what is in it; secrets must not depend on that alone.
        findings.AddRange(Private(home).Select(Open).OfType<Finding>());
        return findings.Count > 0 ? findings : [Finding.Ok("permissions", $"{home} is its owner's alone")];
    }

    /// <summary>Takes a home folder that others may read or change away from them, before anything is kept in it, and says so.</summary>
    /// <exception cref="ModelException">It is another user's.</exception>
    public static void Shut(string home, Action<string> tell)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(home) || Open(home) is not { Repair: { } repair } finding) return;
        try
        {
            tell($"{finding.What}. {finding.Why} Now {repair()}.");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ModelException($"{finding.What} and belongs to another user. {finding.Why} {finding.Remedy} as that user, or set APPLIANCE_HOME to a folder of your own.", e);
        }
    }

    private static IEnumerable<string> Private(string home)
    {
        var config = new ConfigFile(home);
        foreach (var file in (string[])[config.Path, config.LastGoodPath, Path.Combine(home, "gateway", "identity.json"), Path.Combine(home, "secrets")])
        {
            if (Path.Exists(file)) yield return file;
        }
        foreach (var folder in (string[])["secrets", "agents", "logs"])
        {
            if (!Directory.Exists(Path.Combine(home, folder))) continue;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(home, folder), "*", SearchOption.AllDirectories).Where(f => folder != "agents" || f.EndsWith(".jsonl", StringComparison.Ordinal))) yield return file;
        }
    }

    private static Finding? Open(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0) return null;
        var writes = (mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
        var octal = Convert.ToString((int)mode, 8);
        return new Finding("permissions", writes ? Severity.Critical : Severity.Warning, $"{path} has mode {octal}", writes ? "Others may change it." : "Others may read it.",
            $"`chmod {(Directory.Exists(path) ? "700" : "600")} {path}`")
        {
            Repair = () =>
            {
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode & ~Others);
                return $"{path} is its owner's alone";
            },
        };
    }

    private static bool CanWrite(string folder)
    {
        var probe = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
        try
        {
            using (new FileStream(probe, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose })) { }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
