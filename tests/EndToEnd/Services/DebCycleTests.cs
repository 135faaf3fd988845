using TestKit;

namespace EndToEnd.Services;

/// <summary>
/// The package installed, upgraded, removed and purged by dpkg in a root folder that has a shell and systemd's own programs and nothing else.
/// <c>./build.sh test-deb</c> does the same in a whole Debian, with its service.
/// </summary>
public sealed class DebCycleTests
{
    private const string Data = "root/var/lib/appliance/.appliance/kept";

    [DpkgFact]
    public async Task Package_InstalledUpgradedRemovedPurged_KeepsDataUntilItIsPurged()
    {
        using var folder = new TemporaryFolder();
        await RunAsync("bash", "-c", """
            set -e
            mkdir -p "$1/var/lib/dpkg/info" "$1/var/lib/dpkg/updates" "$1/etc" "$1/dev" "$1/tmp"
            touch "$1/var/lib/dpkg/status" "$1/etc/passwd" "$1/etc/group" "$1/dev/null"
            for program in /bin/sh /bin/rm /usr/bin/install /usr/bin/systemd-sysusers; do
              for file in "$program" $(ldd "$program" | grep -oE '/[^ ]+'); do mkdir -p "$1$(dirname "$file")"; cp -L "$file" "$1$file"; done
            done
            """, "-", folder["root"]);
        foreach (var version in (string[])["1.0", "1.1"]) await RunAsync("env", "DEB_LEVEL=0", "SOURCE_DATE_EPOCH=1767225600", "bash", Path.Combine(Shell.Scripts, "deb.sh"), "amd64", "/bin/true", folder.Path, version);

        await DpkgAsync(folder, "--install", folder["appliance_1.0_amd64.deb"]);
        Assert.Contains("Status: install ok installed", await File.ReadAllTextAsync(folder["root/var/lib/dpkg/status"]), StringComparison.Ordinal);
        Assert.Contains("appliance:x:", await File.ReadAllTextAsync(folder["root/etc/passwd"]), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["root/var/lib/appliance"]));
        Assert.Equal(await File.ReadAllBytesAsync("/bin/true"), await File.ReadAllBytesAsync(folder["root/usr/bin/appliance"]));

        Directory.CreateDirectory(folder["root/var/lib/appliance/.appliance"]);
        await File.WriteAllTextAsync(folder[Data], "kept");
        await DpkgAsync(folder, "--install", folder["appliance_1.1_amd64.deb"]);
        Assert.Contains("\nVersion: 1.1\n", await File.ReadAllTextAsync(folder["root/var/lib/dpkg/status"]), StringComparison.Ordinal);
        Assert.True(File.Exists(folder[Data]));

        await DpkgAsync(folder, "--remove", "appliance");
        Assert.False(File.Exists(folder["root/usr/bin/appliance"]));
        Assert.False(Directory.Exists(folder["root/usr/lib/systemd/system"]));
        Assert.True(File.Exists(folder[Data]));

        await DpkgAsync(folder, "--purge", "appliance");
        Assert.False(Directory.Exists(folder["root/var/lib/appliance"]));
        Assert.Equal("", await DpkgAsync(folder, "--audit"));
    }

    private static Task<string> DpkgAsync(TemporaryFolder folder, params string[] arguments) =>
        RunAsync("dpkg", [$"--root={folder["root"]}", "--force-depends", "--force-architecture", "--log=/dev/null", .. arguments]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output) = await Shell.RunAsync(program, arguments);
        Assert.True(code == 0, output);
        return output;
    }
}

/// <summary>A fact that installs packages below a folder; skipped, with a word, where dpkg or systemd-sysusers is not installed, or the tests are not root's, as changing root has to be.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DpkgFactAttribute : FactAttribute
{
    public DpkgFactAttribute() => Skip = Environment.IsPrivilegedProcess ? new ToolFactAttribute("dpkg", "dpkg-deb", "systemd-sysusers", "ldd").Skip : "the tests do not run as root";
}
