using System.Globalization;
using Appliance.Update.Slots;
using Models;
using Models.Store;
using Runtime.Audit;

namespace Appliance.Update;

/// <summary>Tells the audit log what became of updates since it was last told: who decides about them has no part in the gateway.</summary>
internal static class UpdateAudit
{
    /// <summary>Notes what is new.</summary>
    /// <param name="slots">Where versions lie; null where the program was not installed.</param>
    /// <param name="home">The gateway's home.</param>
    /// <param name="log">The log.</param>
    public static void Note(SlotFolder? slots, string home, AuditLog log)
    {
        if (slots?.Last is not { } last) return;
        var outcome = slots.Outcome switch { TryOutcome.Pending => "tried", TryOutcome.Committed => "committed", _ => "rolled-back" };
        var (path, seen) = (Path.Combine(home, "gateway", "update-seen"), string.Create(CultureInfo.InvariantCulture, $"{last.At:O} {last.Program.Version} {last.Program.Release} {outcome}"));
        try
        {
            if (File.Exists(path) && File.ReadAllText(path) == seen) return;
            log.Record(new AuditEvent(AuditKind.Update, $"update.{outcome}")
            {
                Resource = string.Create(CultureInfo.InvariantCulture, $"{last.Program.Version}, release {last.Program.Release}"),
                Outcome = outcome == "rolled-back" ? "failed" : "succeeded",
                Detail = last.Why,
            });
            DurableFile.Replace(path, System.Text.Encoding.UTF8.GetBytes(seen));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException)
        {
            // It is told again at the next start.
        }
    }
}
