using Runtime.Reflexes;

namespace Runtime.Audit;

/// <summary>Tells the audit log what the owner taught, removed or turned off: by its name, not by its words. Safe for several threads.</summary>
/// <param name="log">The log.</param>
public sealed class ReflexAudit(AuditLog log)
{
    /// <summary>Hears of a change.</summary>
    public void Hear(string agent, string what, Reflex reflex) =>
        log.Record(new AuditEvent(AuditKind.Config, $"reflex.{what}") { By = new AuditActor { Person = "owner" }, Agent = agent, Resource = reflex.Name, Outcome = "succeeded" });
}
