using TestKit;

namespace EndToEnd.Services;

/// <summary><c>appliance install</c> of the published binary into a folder, and what systemd makes of what it writes.</summary>
public sealed class InstallTests
{
    private const string Unit = "etc/systemd/system/appliance.service";

    [SystemdTheory]
    [InlineData("")]
    [InlineData("gpio,i2c,spi,serial,camera,leds,pwm")]
    public async Task Install_Unit_IsUnderstoodBySystemd_AndHoldsTheServiceTight(string hardware)
    {
        using var root = new TemporaryFolder();
        await InstallAsync(root, hardware.Length == 0 ? [] : ["--hardware", hardware]);
        // Exposure in tenths: 2.0 at most, drop-ins included. Only units in the usual folders below a root have drop-ins.
        var (code, output) = await Shell.RunAsync(SystemdTheoryAttribute.Program, ["--offline=true", $"--root={root.Path}", "--threshold=20", "--no-pager", "security", "appliance.service"]);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("Unknown", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ignoring", output, StringComparison.Ordinal);
        var dropIn = await File.ReadAllTextAsync(root["etc/systemd/system/appliance.service.d/10-machine.conf"]);
        Assert.Equal(hardware.Length > 0, dropIn.Contains("DeviceAllow=", StringComparison.Ordinal));
        if (hardware.Length > 0) Assert.Contains("DeviceAllow=char-gpiochip rw\n", dropIn, StringComparison.Ordinal);
    }

    [SystemdTheory]
    [InlineData("appliance-commit.service")]
    [InlineData("appliance-rollback.service")]
    public async Task Install_UnitsThatJudgeUpdates_AreUnderstoodBySystemd(string unit)
    {
        using var root = new TemporaryFolder();
        await InstallAsync(root);
        var (_, output) = await Shell.RunAsync(SystemdTheoryAttribute.Program, [$"--root={root.Path}", "--man=no", "verify", unit]);
        // A root folder without a system has none of the system's own targets, which is all that may be missing.
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(".target not found.", line, StringComparison.Ordinal));
        // Exposure in tenths, as that of the service.
        var (loose, exposure) = await Shell.RunAsync(SystemdTheoryAttribute.Program, ["--offline=true", $"--root={root.Path}", "--threshold=20", "--no-pager", "security", unit]);
        Assert.True(loose == 0, exposure);
        Assert.Contains("=/usr/local/bin/appliance update slot ", (await File.ReadAllTextAsync(root[$"etc/systemd/system/{unit}"])).Replace("=+", "=", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [ToolFact("systemd-sysusers")]
    public async Task Install_FileOfUsers_IsUnderstood()
    {
        using var root = new TemporaryFolder();
        await InstallAsync(root);
        var (code, output) = await Shell.RunAsync("systemd-sysusers", [$"--root={root.Path}", "--dry-run", root["etc/sysusers.d/appliance.conf"]]);
        Assert.True(code == 0, output);
        Assert.Contains("user 'appliance'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_AndUninstall_LeaveTheDataUntilItIsPurged()
    {
        using var root = new TemporaryFolder();
        await InstallAsync(root);
        Assert.Equal(await File.ReadAllBytesAsync(ApplianceBinary.Path), await File.ReadAllBytesAsync(root["usr/local/bin/appliance"]));
        var unit = await File.ReadAllTextAsync(root[Unit]);
        Assert.Contains("ExecStart=/usr/local/bin/appliance serve\n", unit, StringComparison.Ordinal);
        await InstallAsync(root);
        Assert.Equal(unit, await File.ReadAllTextAsync(root[Unit]));
        var data = root["var/lib/appliance/.appliance"];
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "kept"), "x");

        var uninstalled = await ApplianceBinary.RunAsync(root.Path, "uninstall", "--root", root.Path);
        Assert.True(uninstalled.ExitCode == 0, uninstalled.Error);
        Assert.Equal(["kept"], Directory.EnumerateFiles(root.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.False(Directory.Exists(root["etc/systemd/system/appliance.service.d"]));
        Assert.Contains("still in /var/lib/appliance", uninstalled.Output, StringComparison.Ordinal);

        var refused = await ApplianceBinary.RunAsync(root.Path, "uninstall", "--root", root.Path, "--purge");
        Assert.Equal(1, refused.ExitCode);
        Assert.True(File.Exists(Path.Combine(data, "kept")));
        Assert.Equal(0, (await ApplianceBinary.RunAsync(root.Path, "uninstall", "--root", root.Path, "--purge", "--yes")).ExitCode);
        Assert.False(Directory.Exists(root["var/lib/appliance"]));
    }

    [Fact]
    public async Task Install_DryRunAndPrint_WriteNothing()
    {
        using var root = new TemporaryFolder();
        var dry = await ApplianceBinary.RunAsync(root.Path, "install", "--root", root.Path, "--dry-run");
        Assert.Contains("write  /etc/systemd/system/appliance.service", dry.Output, StringComparison.Ordinal);
        var print = await ApplianceBinary.RunAsync(root.Path, "install", "--root", root.Path, "--print");
        Assert.Contains("ProtectSystem=strict", print.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(root.Path));
    }

    [Fact]
    public async Task Install_ForAPerson_WritesAUnitOfTheirs()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunWithAsync(home.Path, new Dictionary<string, string> { ["HOME"] = home.Path }, "", "install", "--user", "--print");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"ExecStart={home.Path}/.local/bin/appliance serve\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("User=", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_OfHardwareThatIsNone_SaysWhatThereIs()
    {
        var result = await ApplianceBinary.RunAsync(Path.GetTempPath(), "install", "--hardware", "lasers", "--dry-run");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("gpio", result.Error, StringComparison.Ordinal);
    }

    private static async Task InstallAsync(TemporaryFolder root, params string[] options)
    {
        var result = await ApplianceBinary.RunAsync(root.Path, ["install", "--root", root.Path, .. options]);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
