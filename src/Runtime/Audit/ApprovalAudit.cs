using Runtime.Approvals;

namespace Runtime.Audit;

/// <summary>Tells the audit log of questions to people, and of how each ended. What is asked about by hash and size alone. Safe for several threads.</summary>
/// <param name="log">The log.</param>
public sealed class ApprovalAudit(AuditLog log)
{
    /// <summary>Hears that somebody is asked.</summary>
    public void Requested(Approval approval) => log.Record(About(approval, "requested"));

    /// <summary>Hears of the end of a question.</summary>
    public void Resolved(Approval approval) => log.Record(About(approval, "resolved") with
    {
        Decision = approval.IsAllowed ? AuditEvent.Allow : AuditEvent.Deny,
        Rule = approval.Reason,
        Detail = approval.Decision == ApprovalDecision.AllowAlways ? $"for good, by {approval.ResolvedBy}" : approval.ResolvedBy is { } by ? $"by {by}" : null,
    });

    private static AuditEvent About(Approval approval, string action)
    {
        var request = approval.Request;
        return new AuditEvent(AuditKind.Approval, action)
        {
            Agent = request.Agent,
            Session = request.Session,
            Run = request.Run,
            Call = request.Call,
            Resource = request.Program ?? request.Tool ?? request.Kind,
            Approval = approval.Id,
            Input = AuditContent.Of(request.Text),
        };
    }
}
