using Appliance.Update.Slots;

namespace Appliance.Install;

/// <summary>
/// What installing writes and runs, and what uninstalling takes away: made first, so that it can be shown before it is done. Immutable.
/// </summary>
internal sealed record InstallPlan
{
    private InstallPlan() { }

    /// <summary>What is written, in this order.</summary>
    public required IReadOnlyList<InstalledFile> Files { get; init; }

    /// <summary>What is run after that.</summary>
    public required IReadOnlyList<string[]> Commands { get; init; }

    /// <summary>What is run before it is taken away again.</summary>
    public required IReadOnlyList<string[]> StopCommands { get; init; }

    /// <summary>The folder with the data, which stays unless it is asked for.</summary>
    public required string Data { get; init; }

    /// <summary>The folder with the versions that updates brought: what is installed by hand comes before them, and they go with it.</summary>
    public required string Slots { get; init; }

    /// <summary>What a person should know afterwards.</summary>
    public required string Advice { get; init; }

    /// <summary>For the whole machine, by root.</summary>
    /// <param name="memory">Bytes of memory of the machine.</param>
    /// <param name="hardware">What the service is let to.</param>
    /// <param name="isPackaged">True where a package brought program and units: only what depends on the machine is written then.</param>
    public static InstallPlan System(long memory, IReadOnlyList<HardwareKind> hardware, bool isPackaged)
    {
        const string Program = "/usr/local/bin/appliance";
        var forMachine = new InstalledFile("/etc/systemd/system/appliance.service.d/10-machine.conf", UnitFiles.ForMachine(memory, hardware));
        return new InstallPlan
        {
            Files = isPackaged ? [forMachine] :
            [
                new(Program, null),
                new("/etc/sysusers.d/appliance.conf", UnitFiles.Read("appliance.sysusers")),
                new("/etc/tmpfiles.d/appliance.conf", UnitFiles.Read("appliance.tmpfiles")),
                new("/etc/udev/rules.d/60-appliance.rules", UnitFiles.Read("appliance.rules")),
                new("/etc/systemd/system/appliance-commit.service", UnitFiles.Unit("appliance-commit.service", Program)),
                new("/etc/systemd/system/appliance-rollback.service", UnitFiles.Unit("appliance-rollback.service", Program)),
                new("/etc/systemd/system/appliance.service", UnitFiles.Unit("appliance.service", Program)),
                forMachine,
            ],
            Commands =
            [
                ["systemd-sysusers", "appliance.conf"], ["systemd-tmpfiles", "--create", "appliance.conf"],
                ["udevadm", "control", "--reload"], ["udevadm", "trigger", "--subsystem-match=gpio", "--subsystem-match=i2c-dev", "--subsystem-match=spidev"],
                ["systemctl", "daemon-reload"], ["systemctl", "enable", "appliance.service"], ["systemctl", "restart", "appliance.service"],
            ],
            StopCommands = [["systemctl", "disable", "--now", "appliance.service"]],
            Data = "/var/lib/appliance",
            Slots = SlotFolder.OfMachine,
            Advice = "`systemctl status appliance` shows the service, `sudo -u appliance -H appliance status` asks it, `journalctl -u appliance` has what it says.",
        };
    }

    /// <summary>For one person, without root.</summary>
    /// <param name="userFolder">The person's home folder.</param>
    public static InstallPlan User(string userFolder)
    {
        var (program, units) = (Path.Combine(userFolder, ".local", "bin", "appliance"), Path.Combine(userFolder, ".config", "systemd", "user"));
        return new InstallPlan
        {
            Files =
            [
                new(program, null),
                new(Path.Combine(units, "appliance-commit.service"), UnitFiles.Unit("appliance-commit-user.service", program)),
                new(Path.Combine(units, "appliance-rollback.service"), UnitFiles.Unit("appliance-rollback-user.service", program)),
                new(Path.Combine(units, "appliance.service"), UnitFiles.Unit("appliance-user.service", program)),
            ],
            Commands = [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "appliance.service"], ["systemctl", "--user", "restart", "appliance.service"]],
            StopCommands = [["systemctl", "--user", "disable", "--now", "appliance.service"]],
            Data = Path.Combine(userFolder, ".appliance"),
            Slots = Path.Combine(userFolder, ".local", "lib", "appliance-slots"),
            Advice = "`systemctl --user status appliance` shows the service. It ends when you log out, unless you say: loginctl enable-linger",
        };
    }
}
