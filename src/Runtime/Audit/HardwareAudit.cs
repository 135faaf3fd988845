using Runtime.Hardware.Board;

namespace Runtime.Audit;

/// <summary>Tells the audit log what happened to pins: who set them, when they were set safe, what was refused, what a trigger began. Safe for several threads.</summary>
/// <param name="log">The log.</param>
public sealed class HardwareAudit(AuditLog log)
{
    /// <summary>Hears of something. Changes of what is only listened to are no deeds of anybody, and can be many: they are told by the triggers that they set off.</summary>
    public void Hear(HardwareEvent happened)
    {
        if (happened.Kind == HardwareEvent.Edge) return;
        var refused = happened.Kind == HardwareEvent.Refused;
        var about = new AuditEvent(AuditKind.Hardware, $"hardware.{happened.Kind}")
        {
            By = happened.Kind is HardwareEvent.Set or HardwareEvent.Sent or HardwareEvent.Picture or HardwareEvent.Refused ? new AuditActor { Person = happened.Person ?? "owner" } : null,
            Resource = happened.Name,
            Decision = refused ? AuditEvent.Deny : AuditEvent.Allow,
            Outcome = refused ? "blocked" : happened.Kind == HardwareEvent.Failed ? "failed" : "succeeded",
            Detail = $"{happened.Value} {happened.Detail}".Trim(),
        };
        // What somebody asks for in a loop is told once for many times.
        if (refused || happened.Kind == HardwareEvent.Failed) log.RecordOften(about);
        else log.Record(about);
    }
}
