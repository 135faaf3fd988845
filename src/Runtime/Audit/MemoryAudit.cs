using Runtime.Schedule.Distilling;

namespace Runtime.Audit;

/// <summary>Tells the audit log what became of memories: by night, and where somebody had something forgotten. Safe for several threads.</summary>
/// <param name="log">The log.</param>
public sealed class MemoryAudit(AuditLog log)
{
    /// <summary>Hears of a night.</summary>
    public void Hear(NightEvent night) => log.Record(new AuditEvent(AuditKind.Memory, "memory.distill")
    {
        Agent = night.AgentId,
        Resource = night.Person is null ? "MEMORY.md" : $"MEMORY.md of {night.Person}",
        Outcome = night.Status == "done" ? "succeeded" : "failed",
        Detail = night.Reason ?? $"{night.Days} days, {night.Archived} archived, {night.Tokens} tokens",
    });

    /// <summary>Hears that lines of some files were forgotten.</summary>
    public void Forgotten(AuditActor by, string agent, IReadOnlyList<string> files, int lines) => log.Record(new AuditEvent(AuditKind.Memory, "memory.forget")
    {
        By = by,
        Agent = agent,
        Resource = string.Join(' ', files),
        Decision = AuditEvent.Allow,
        Outcome = "succeeded",
        Count = lines,
    });
}
