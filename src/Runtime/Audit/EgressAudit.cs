using Models.Egress;

namespace Runtime.Audit;

/// <summary>Tells the audit log what leaves the box: to which host, how much, and why. Addresses beyond the host are not kept. Safe for several threads.</summary>
/// <param name="log">The log.</param>
public sealed class EgressAudit(AuditLog log)
{
    /// <summary>Hears of a request.</summary>
    public void Hear(EgressCall call) => log.Record(new AuditEvent(AuditKind.Egress, call.Method)
    {
        Resource = $"{call.Host}:{call.Port}",
        Decision = call.Refusal is null ? AuditEvent.Allow : AuditEvent.Deny,
        Rule = "egress",
        Detail = $"{call.Why ?? "not said"}, {(call.Bytes is { } bytes ? $"{bytes} bytes" : "bytes not known")}",
    });
}
