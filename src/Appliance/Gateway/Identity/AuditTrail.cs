using Appliance.Gateway.Protocol;
using Runtime.Audit;

namespace Appliance.Gateway.Identity;

/// <summary>What this room tells the audit log: who came, who asked for what, and what was decided. Pure but for the log; safe for several threads.</summary>
internal static class AuditTrail
{
    /// <summary>Tells that somebody came in, or was kept out.</summary>
    public static void Connected(this AuditLog log, AuditActor by, string? refusal)
    {
        var happened = new AuditEvent(AuditKind.Access, "connect") { By = by, Decision = refusal is null ? AuditEvent.Allow : AuditEvent.Deny, Rule = refusal ?? by.Method };
        log.RecordOften(happened);
    }

    /// <summary>Tells what was decided about a method or route.</summary>
    public static void Decided(this AuditLog log, AuditActor by, string action, bool allowed, string rule) =>
        log.RecordOften(new AuditEvent(AuditKind.Access, action) { By = by, Decision = allowed ? AuditEvent.Allow : AuditEvent.Deny, Rule = rule });

    /// <summary>Tells that people, devices, tokens or rights changed.</summary>
    public static void Changed(this AuditLog log, AuditActor? by, string action, string? resource, string? detail = null) =>
        log.Record(new AuditEvent(AuditKind.Identity, action) { By = by, Resource = resource, Detail = detail });

    /// <summary>Who is behind a connection that has said what it is.</summary>
    public static AuditActor Actor(Principal? principal, Peer peer, string channel, string? client) => new()
    {
        Person = principal?.PersonId,
        Role = principal?.Role,
        Device = principal?.DeviceId,
        Client = client,
        Channel = channel,
        Method = principal?.Method,
        From = peer.AddressClass,
    };

    /// <summary>The rule that refused, by the error's own code.</summary>
    public static string RuleOf(GatewayException fault) => fault.Details?.MissingScope ?? (fault.Details?.Code == "ACCESS_DENIED" ? fault.Details.Reason : fault.Details?.Code) ?? fault.Code;
}
