using Appliance.FirstBoot.Applying;
using Appliance.FirstBoot.Settings;
using Appliance.FirstBoot.Setup;

namespace Appliance.FirstBoot;

/// <summary>
/// The room's door: takes the settings on the boot partition, applies them once, and erases what is secret in them. Killed at any moment, the
/// next run finishes what was begun, or begins anew; what is wrong with a file changes nothing.
/// </summary>
/// <param name="boot">The boot partition.</param>
/// <param name="files">The box.</param>
/// <param name="reached">Hears before each thing that is done; for tests, which end it there.</param>
internal sealed class FirstBootRun(BootPartition boot, BoxFiles files, Action<string>? reached = null)
{
    private readonly FirstBootState _state = new(files);

    /// <summary>The folder with the system's time zones.</summary>
    public string Zones => files.At("/usr/share/zoneinfo");

    /// <summary>What would be done; nothing is.</summary>
    public FirstBootOutcome Look()
    {
        var (file, fault) = boot.Read(Zones);
        return file?.Settings is { } settings ? Plan(settings) : Judge(file, fault);
    }

    /// <summary>Does it.</summary>
    /// <exception cref="FirstBootException">Somebody else is at it, or the boot partition cannot be written.</exception>
    /// <exception cref="Models.ModelException">Something cannot be written; the next run goes on.</exception>
    public FirstBootOutcome Run()
    {
        try
        {
            using var held = _state.TryLock() ?? throw new FirstBootException("The box is being set up by another run of this program.");
            var (file, fault) = boot.Read(Zones);
            // What lies there now counts more than what an earlier run has not finished: its owner has thought again, or it is the same.
            if (file?.Settings is { } taken)
            {
                Reach("probe");
                boot.RequireWritable();
                Reach("take");
                _state.Take(taken);
            }
            var outcome = Judge(file, fault);
            if (outcome.State == FirstBootEnd.Refused)
            {
                Reach("errors");
                boot.WriteErrors(outcome.Faults);
            }
            if (_state.ReadPending(Zones) is not { } settings) return outcome;
            foreach (var step in FirstBootPlan.Make(settings, files))
            {
                Reach(step.What);
                step.Do();
            }
            // A wrong file that came since is its owner's to correct.
            if (outcome.State != FirstBootEnd.Refused)
            {
                Reach("erase");
                boot.Erase(settings);
            }
            SetupLabel.Remove(boot);
            Reach("finish");
            _state.Finish(settings);
            return Plan(settings) with { Faults = outcome.Faults };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FirstBootException($"The box cannot be set up: {e.Message} The next start tries again.", e);
        }
    }

    private FirstBootOutcome Plan(FirstBootSettings settings) => new(FirstBootEnd.Applied, [.. FirstBootPlan.Make(settings, files).Select(step => step.What)], []);

    private static FirstBootOutcome Judge(SettingsFile? file, SettingFault? fault)
    {
        IReadOnlyList<SettingFault> faults = fault is not null ? [fault] : file?.Faults ?? [];
        return new(faults.Count > 0 ? FirstBootEnd.Refused : file?.IsApplied == true ? FirstBootEnd.Already : FirstBootEnd.Nothing, [], faults);
    }

    private void Reach(string what) => reached?.Invoke(what);
}
