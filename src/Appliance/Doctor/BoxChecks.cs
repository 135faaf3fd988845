using System.Globalization;
using Appliance.FirstBoot;
using Appliance.FirstBoot.Applying;
using Appliance.Update;
using Appliance.Update.Images;
using Appliance.Update.Slots;
using Models;
using Runtime.Hardware.Power;

namespace Appliance.Doctor;

/// <summary>What <c>doctor</c> looks at of the box as a whole: how it was set up, what became of its versions, its image's slots, its heat and power.</summary>
internal static class BoxChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Every finding; nothing of what this machine does not have.</summary>
    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken cancellation) =>
        [.. SetUp(patient), .. Versions(patient), .. await ImageAsync(patient, cancellation), .. Power(patient)];

    private static IEnumerable<Finding> SetUp(Patient patient)
    {
        var files = new BoxFiles(patient.Root);
        var boot = new BootPartition(files.At(BootPartition.Place));
        var (state, there, file) = (new FirstBootState(files), new FirstBootRun(boot, files).Look(), $"{boot.Folder}/{BootPartition.SettingsName}");
        // Root's boot partition says nothing to the service's user.
        if (there.Faults is [{ IsDenied: true }]) yield break;
        if (there.State == FirstBootEnd.Refused)
            yield return new Finding("first-boot", Severity.Warning, $"{file} was not applied: {there.Faults[0].ToString().Split('\n')[0]}{(there.Faults.Count > 1 ? $", and {there.Faults.Count - 1} more" : "")}",
                "Nothing of it counts while anything in it is wrong.", "`appliance first-boot --dry-run` says all of it. Correct the file and start the box again.");
        // For root alone to see.
        if (state.IsBegun) yield return new Finding("first-boot", Severity.Warning, $"what {BootPartition.SettingsName} said is not applied to its end", "It was cut off, or something could not be written.", "The next start goes on; `journalctl -u appliance-first-boot` says what was in the way.");
        else if (there.State == FirstBootEnd.Applied) yield return new Finding("first-boot", Severity.Info, $"{file} was not applied yet", "It is when the box starts.", "Start it again.");
        foreach (var waiting in state.Waiting) yield return new Finding("first-boot", Severity.Info, $"{waiting} waits for a network", "It is tried every two minutes until it is done.", "`journalctl -u appliance-first-boot-online` says how it goes.");
        if (!state.IsBegun && (state.IsSetUp || there.State == FirstBootEnd.Already)) yield return Finding.Ok("first-boot", "the box is set up");
    }

    private static IEnumerable<Finding> Versions(Patient patient)
    {
        if (patient.Slots is not { } slots || slots.Outcome == TryOutcome.None) yield break;
        var (what, version) = (UpdateReport.Of(slots).LastLine, slots.Last?.Program.Version);
        yield return slots.Outcome switch
        {
            TryOutcome.Pending => new Finding("update", Severity.Info, what, "It has to prove itself.", "`appliance update health` shows what it is asked; `appliance update rollback` goes back at once."),
            TryOutcome.WentBack => new Finding("update", Severity.Warning, what, "This box goes on with the version before.", $"`journalctl -u appliance -u appliance-commit` has what version {version} said; the next release is taken as usual."),
            _ => Finding.Ok("update", what),
        };
    }

    private static async Task<IReadOnlyList<Finding>> ImageAsync(Patient patient, CancellationToken cancellation)
    {
        var files = new BoxFiles(patient.Root);
        List<Finding> findings = [];
        if (files.Read("/run/appliance/volatile").Trim() is { Length: > 0 } why)
            findings.Add(new Finding("data", Severity.Critical, $"what this box keeps is in memory alone: {why}", "All of it is lost when the box ends.", "Start it again; where that does not help, the card or disk is broken: `appliance backup create` onto another one now, then put in a new one."));
        var image = new ImageSlot(files.At(ImageSlot.Program));
        if (!image.IsHere) return findings;
        try
        {
            var status = await image.StatusAsync(Patience, cancellation);
            var (here, other) = ($"slot {status("slot")} runs version {status("version")}", $"version {status("other-version")} in slot {status("other")}");
            findings.Add((status("state"), status("other-state")) switch
            {
                ("last-trial", _) => new Finding("slots", Severity.Info, $"{here}, which is being tried for the last time", "Where it does not prove itself, the other slot comes.", "`appliance update health` shows what it is asked."),
                ("trial", _) => new Finding("slots", Severity.Info, $"{here}, which is being tried", "It has to prove itself.", "`appliance update health` shows what it is asked."),
                (_, "failed") => new Finding("slots", Severity.Warning, $"{here}; {other} was tried and given up", "This box goes on with the version before.", "The next release is taken as usual."),
                (_, "trial") => new Finding("slots", Severity.Info, $"{here}; {other} waits to be tried", "It is when this machine starts anew.", $"`{ImageSlot.Program} try` does that."),
                (_, "empty") => Finding.Ok("slots", $"{here}; the other one is empty"),
                _ => Finding.Ok("slots", $"{here}; {other} was found good"),
            });
        }
        catch (ModelException e)
        {
            findings.Add(new Finding("slots", Severity.Warning, e.Message, "Nobody knows which version this box would go back to.", "Is the boot partition mounted? `systemctl status boot-firmware.mount` says so."));
        }
        return findings;
    }

    private static IEnumerable<Finding> Power(Patient patient)
    {
        var reading = PowerSensors.Read(patient.Root);
        if (!reading.IsTold) yield break;
        var state = PowerState.Normal.Next(reading, patient.Config.Config.Power.ToLimits(PowerLimits.Here(patient.Root)), TimeSpan.Zero);
        string?[] told = [reading.MilliCelsius / 1000.0 is { } celsius ? string.Create(CultureInfo.InvariantCulture, $"{celsius:0} °C") : null, reading.BatteryPercent is { } percent ? $"battery {percent} %" : null, reading.IsOnBattery ? "no mains" : null];
        yield return state.Level == PowerLevel.Normal ? Finding.Ok("power", string.Join(", ", told.OfType<string>()) is { Length: > 0 } all ? all : "nothing holds the machine back")
            : new Finding("power", Severity.Warning, $"the machine {state.Reason}", string.Create(CultureInfo.InvariantCulture, $"Models work {100 * state.Duty:0} % of their time{(state.DefersJobs ? ", and jobs wait" : "")}."), Remedy(reading));
    }

    private static string Remedy(PowerReading reading) =>
        reading.Throttle.HasFlag(ThrottleFlags.UnderVoltage) ? "A power supply and a cable that are made for this board."
        : reading.IsOnBattery ? "Mains, where it has them; the section power says from where on it is spared."
        : "Air, or a fan; the section power says from where on it is spared.";
}
