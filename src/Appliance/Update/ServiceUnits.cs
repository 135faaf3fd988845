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
        if (isForced) Run("reset-failed", Service);
        return Run("--no-block", isForced ? "restart" : "try-restart", Service);
    }

    private bool Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("systemctl", IsPerson ? ["--user", .. arguments] : arguments))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
