using TestKit;

namespace EndToEnd.Services.Images;

/// <summary>What the image adds to systemd: every unit is understood, names programs that are there, and hangs where its purpose wants it.</summary>
public sealed class ImageUnitTests
{
    private const string Units = "usr/lib/systemd/system";

    // Of other packages; that they are there the booted image shows.
    private static readonly string[] Programs = ["usr/bin/appliance", "usr/bin/ssh-keygen", "usr/sbin/sshd", "usr/lib/systemd/systemd-growfs"];

    [ToolFact("systemd-analyze", "cp")]
    public async Task Units_OfTheImage_AreUnderstoodBySystemd()
    {
        using var root = new TemporaryFolder();
        foreach (var name in (string[])["root", "root-kiosk"]) Assert.Equal(0, (await Shell.RunAsync("cp", ["-r", Path.Combine(Shell.Scripts, "image", name, "."), root.Path])).Code);
        File.Copy(Path.Combine(Shell.Scripts, "units", "appliance.service"), root[$"{Units}/appliance.service"]);
        foreach (var program in Programs)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root[program])!);
            await File.WriteAllTextAsync(root[program], "#!/bin/sh\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(root[program], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        foreach (var target in (string[])["sysinit", "basic", "shutdown", "boot-complete"]) await File.WriteAllTextAsync(root[$"{Units}/{target}.target"], "[Unit]\nDescription=Systemd's own\n");
        var units = Directory.EnumerateFiles(root[Units], "appliance*.service").ToArray();
        Assert.True(units.Length > 5);
        foreach (var unit in units)
        {
            var (code, output) = await Shell.RunAsync(SystemdTheoryAttribute.Program, [$"--root={root.Path}", "--man=no", "verify", Path.GetFileName(unit)]);
            Assert.True(code == 0, output);
            Assert.Equal("", output);
        }
    }

    [Fact]
    public async Task HealthGate_StandsBeforeASlotIsKept_AndNowhereElse()
    {
        // What is wanted by an ordinary start would start an ill box anew for ever.
        var gate = await File.ReadAllTextAsync(Path.Combine(Shell.Scripts, "image", "root", Units, "appliance-image-health.service"));
        Assert.Contains("\nBefore=boot-complete.target\n", gate, StringComparison.Ordinal);
        Assert.Contains("\nFailureAction=reboot\n", gate, StringComparison.Ordinal);
        Assert.EndsWith("[Install]\nRequiredBy=boot-complete.target\n", gate, StringComparison.Ordinal);
        var tryboot = await File.ReadAllTextAsync(Path.Combine(Shell.Scripts, "image", "root", Units, "appliance-tryboot.service"));
        Assert.Contains("\nRequires=boot-complete.target\n", tryboot, StringComparison.Ordinal);
        Assert.DoesNotContain("[Install]", tryboot, StringComparison.Ordinal);
        Assert.DoesNotContain("tryboot", await File.ReadAllTextAsync(Path.Combine(Shell.Scripts, "image", "tree.sh")), StringComparison.Ordinal);
    }

    [ToolFact("systemd-sysusers")]
    public async Task Users_OfTheImage_HaveFixedNumbers()
    {
        using var root = new TemporaryFolder();
        foreach (var (file, name) in ((string, string)[])[("image/root/usr/lib/sysusers.d/00-appliance-image.conf", "00-appliance-image.conf"), ("image/root-kiosk/usr/lib/sysusers.d/01-appliance-kiosk.conf", "01-appliance-kiosk.conf"), ("units/appliance.sysusers", "appliance.conf")])
        {
            foreach (var folder in (string[])["etc", "usr/lib/sysusers.d"]) Directory.CreateDirectory(root[folder]);
            File.Copy(Path.Combine(Shell.Scripts, file), root[$"usr/lib/sysusers.d/{name}"]);
        }
        var (code, output) = await Shell.RunAsync("systemd-sysusers", [$"--root={root.Path}"]);
        Assert.True(code == 0, output);
        var users = (await File.ReadAllLinesAsync(root["etc/passwd"])).Select(line => line.Split(':')).ToDictionary(fields => fields[0], fields => fields[2]);
        // The data partition has them by number.
        Assert.Equal("900", users["appliance"]);
        Assert.Equal("915", users["kiosk"]);
        Assert.Contains("gpio:x:901:", await File.ReadAllTextAsync(root["etc/group"]), StringComparison.Ordinal);
    }
}
