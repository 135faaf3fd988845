using TestKit;

namespace EndToEnd.Services;

/// <summary>How much of the machine each unit of ours could reach, as <c>systemd-analyze security</c> counts it: 2.0 at most, or what the unit's file gives a reason for.</summary>
public sealed class UnitExposureTests
{
    private const int Bound = 20;

    // In tenths. Of the units of a person's service manager systemd counts what only the machine's own could do.
    private static readonly Dictionary<string, int> Above = new()
    {
        ["appliance-first-boot-online.service"] = 22,
        ["appliance-setup.service"] = 22,
        ["appliance-wifi@.service"] = 23,
        ["appliance-kiosk.service"] = 26,
        ["appliance-user.service"] = 80,
        ["appliance-commit-user.service"] = 60,
        ["appliance-rollback-user.service"] = 60,
    };

    [ToolFact("systemd-analyze")]
    public async Task Units_AllOfThem_CanReachNoMoreThanTheirWorkNeeds()
    {
        using var root = new TemporaryFolder();
        var units = Directory.CreateDirectory(root["usr/lib/systemd/system"]).FullName;
        var files = Directory.EnumerateFiles(Shell.Scripts, "appliance*.service", SearchOption.AllDirectories).ToArray();
        Assert.True(files.Length > 15);
        foreach (var file in files) File.Copy(file, Path.Combine(units, Path.GetFileName(file)));
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var (loose, exposure) = await Shell.RunAsync(SystemdTheoryAttribute.Program,
                ["--offline=true", $"--root={root.Path}", $"--threshold={Above.GetValueOrDefault(name, Bound)}", "--no-pager", "security", name.Replace("@", "@wlan0", StringComparison.Ordinal)]);
            Assert.True(loose == 0, $"{name}: {exposure}");
            Assert.DoesNotContain("Unknown", exposure, StringComparison.Ordinal);
            Assert.DoesNotContain("ignoring", exposure, StringComparison.Ordinal);
        }
        Assert.Empty(Above.Keys.Except(files.Select(file => Path.GetFileName(file))));
    }
}
