using TestKit;

namespace EndToEnd.Services;

/// <summary>The Debian package, as firmware-scripts/deb.sh packs it; ./build.sh test-deb installs one.</summary>
public sealed class DebTests
{
    // A small file packs quickly, and what stands around it is the same.
    private const string Program = "/bin/true";

    private static readonly Dictionary<string, string> When = new() { ["SOURCE_DATE_EPOCH"] = "1767225600" };

    [ToolFact("dpkg-deb", "bash")]
    public async Task Deb_PackedTwice_IsTheSameBytes_ForEitherArchitecture()
    {
        using var folder = new TemporaryFolder();
        foreach (var arch in (string[])["amd64", "arm64"])
        {
            var once = await PackAsync(arch, folder["once"]);
            var again = await PackAsync(arch, folder["again"]);
            Assert.Equal(await File.ReadAllBytesAsync(once), await File.ReadAllBytesAsync(again));
            var (code, control) = await Shell.RunAsync("dpkg-deb", ["--field", once, "Package", "Version", "Architecture"]);
            Assert.Equal((0, $"Package: appliance\nVersion: {(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "version.txt"))).Trim()}\nArchitecture: {arch}\n"), (code, control));
        }
    }

    [ToolFact("dpkg-deb", "bash")]
    public async Task Deb_Content_IsRootsAndWhatTheRepositoryHas()
    {
        using var folder = new TemporaryFolder();
        var deb = await PackAsync("amd64", folder["deb"]);
        var (_, list) = await Shell.RunAsync("dpkg-deb", ["--contents", deb]);
        var lines = list.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Contains(" root/root ", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("-rwxr-xr-x", StringComparison.Ordinal) && line.EndsWith(" ./usr/bin/appliance", StringComparison.Ordinal));
        // Nobody but root writes to any of it.
        Assert.DoesNotContain(lines, line => line[5] == 'w' || line[8] == 'w');
        Assert.Equal(0, (await Shell.RunAsync("dpkg-deb", ["--raw-extract", deb, folder["tree"]])).Code);
        foreach (var (name, path) in ((string, string)[])[("appliance.service", "usr/lib/systemd/system/appliance.service"), ("appliance.sysusers", "usr/lib/sysusers.d/appliance.conf"), ("appliance.tmpfiles", "usr/lib/tmpfiles.d/appliance.conf"), ("appliance.rules", "usr/lib/udev/rules.d/60-appliance.rules")])
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Shell.Scripts, "units", name)), await File.ReadAllTextAsync(Path.Combine(folder["tree"], path)));
        var (code, output) = await Shell.RunAsync("bash", ["-c", "cd \"$1\" && md5sum --check --quiet DEBIAN/md5sums", "-", folder["tree"]]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Deb_OfAnArchitectureThatIsNone_Exits2()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(2, (await Shell.RunAsync("bash", [Path.Combine(Shell.Scripts, "deb.sh"), "sparc", Program, folder.Path])).Code);
    }

    [ToolFact("shellcheck")]
    public async Task Scripts_Shellcheck_FindsNothing()
    {
        string[] scripts = [Path.Combine(Repository.Root, "build.sh"), .. Directory.EnumerateFiles(Shell.Scripts, "*.sh", SearchOption.AllDirectories), .. ((string[])["postinst", "prerm", "postrm"]).Select(name => Path.Combine(Shell.Scripts, "deb", name)),
            .. ((string[])["root", "root-kiosk"]).SelectMany(name => Directory.EnumerateFiles(Path.Combine(Shell.Scripts, "image", name, "usr", "lib", "appliance")))];
        var (code, output) = await Shell.RunAsync("shellcheck", scripts);
        Assert.True(code == 0, output);
    }

    private static async Task<string> PackAsync(string arch, string folder)
    {
        var (code, output) = await Shell.RunAsync("bash", [Path.Combine(Shell.Scripts, "deb.sh"), arch, Program, folder], When);
        Assert.True(code == 0, output);
        return output.Trim();
    }
}
