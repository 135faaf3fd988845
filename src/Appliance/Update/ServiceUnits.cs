using System.ComponentModel;
using System.Diagnostics;
using Appliance.Update.Slots;

namespace Appliance.Update;

/// <summary>The service manager that starts the program of some slots, where there is one.</summary>
/// <param name="slots">The slots.</param>
internal sealed class ServiceUnits(SlotFolder slots)
{
    private const string Service = "appliance.service";

    /// <summary>True where it runs and can be told.</summary>
    public bool IsThere => Directory.Exists("/run/systemd/system") && (IsMachine || IsPerson);

    private bool IsMachine => slots.Path == SlotFolder.OfMachine;

    private bool IsPerson => slots.Path.EndsWith("/.local/lib/appliance-slots", StringComparison.Ordinal);

    /// <summary>Starts the service anew, where it runs.</summary>
    /// <param name="isForced">Also where it was given up.</param>
    /// <returns>False where nobody could be told.</returns>
    public bool Restart(bool isForced)
    {
        if (!IsThere) return false;
        // The limit of starts is for what crashes by itself: with those that its owner asked for just now counted in, a version that is well would not be started.
        Run(isHeard: false, "reset-failed", Service);
        return Run(isHeard: true, "--no-block", isForced ? "restart" : "try-restart", Service);
    }

    // What is said of a service that is not there is of no use where the next command says the same.
    private bool Run(bool isHeard, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("systemctl", IsPerson ? ["--user", .. arguments] : arguments) { RedirectStandardError = !isHeard })!;
            if (!isHeard) process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
