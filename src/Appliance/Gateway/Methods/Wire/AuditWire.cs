using Appliance.Gateway.Protocol;
using Runtime.Audit;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about the audit log send (FIELDS: AuditEvent, AuditRunInspectResult, DecisionReceiptDisplayV1).

internal sealed record AuditPage(IReadOnlyList<AuditEventRow> Events, string? NextCursor) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("events", Events).Add("nextCursor", NextCursor);
}

internal sealed record AuditEventRow(long Sequence, long OccurredAt, string Kind, string Action, string Status, string AgentId, string RunId) : IPayload
{
    public string? SessionKey { get; init; }
    public string? ToolCallId { get; init; }
    public string? ToolName { get; init; }

    /// <summary>The row of a record; null where the protocol has none for it.</summary>
    public static AuditEventRow? Of(AuditRecord record)
    {
        var e = record.Event;
        if (e.Kind is not (AuditKind.Turn or AuditKind.Tool) || e.Run is null) return null;
        var (kind, prefix) = e.Kind == AuditKind.Turn ? ("agent_run", "agent.run") : ("tool_action", "tool.action");
        var status = e.Outcome is "started" or "succeeded" or "failed" or "cancelled" or "timed_out" or "blocked" ? e.Outcome : e.Decision == AuditEvent.Deny ? "blocked" : "unknown";
        // A turn that was asked for and has not begun is none of the protocol's.
        if (e.Outcome is null && e.Kind == AuditKind.Turn) return null;
        return new(record.Seq + 1, record.Ts, kind, $"{prefix}.{(status == "started" ? "started" : "finished")}", status, e.Agent ?? "main", e.Run)
        {
            SessionKey = e.Session,
            ToolCallId = e.Call,
            ToolName = e.Kind == AuditKind.Tool ? e.Resource ?? e.Action : null,
        };
    }

    private string? ErrorCode => (Kind, Status) switch
    {
        (_, "started" or "succeeded") => null,
        ("agent_run", "unknown") => null,
        ("agent_run", _) => $"run_{Status}",
        (_, "unknown") => "tool_outcome_unknown",
        _ => $"tool_{Status}",
    };

    public void Write(PayloadWriter to) => to
        .Add("eventId", $"audit-{Sequence}").Add("sequence", Sequence).Add("sourceSequence", Sequence).Add("occurredAt", OccurredAt).Add("kind", Kind).Add("action", Action)
        .Add("status", Status).Add("errorCode", ErrorCode).Add("actor", new AuditActorRow("agent", AgentId)).Add("agentId", AgentId).Add("sessionKey", SessionKey)
        .Add("runId", RunId).Add("toolCallId", ToolCallId).Add("toolName", ToolName).Add("redaction", "metadata_only");
}

internal sealed record AuditActorRow(string Type, string Id) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("type", Type).Add("id", Id);
}

/// <summary>What is known of a run: who asked for it, and what was decided on the way.</summary>
internal sealed record AuditRunInspected(string RunId, IReadOnlyList<AuditRecord> Records) : IPayload
{
    private static readonly string[] NotRecorded = ["run-not-recorded"];

    public void Write(PayloadWriter to)
    {
        var known = Records.Count > 0;
        to.Add("schemaVersion", 1).Add("run", new RunReference(RunId, known ? "known" : "unknown"));
        if (known) to.Add("identity", new RunIdentity(RunId, Records));
        else to.Add("identity", new UnknownRun(NotRecorded));
        var decisions = Records.Where(r => r.Event.Kind is AuditKind.Tool or AuditKind.Approval or AuditKind.Access or AuditKind.Egress && r.Event.Decision is not null)
            .Take(100).Select(r => new DecisionRow(r)).ToArray();
        to.Add("decisionDisplays", decisions).Add("coverage", new AuditCoverage(!known ? "unknown" : decisions.Length > 0 ? "enforced" : "attribution-only", known ? [] : NotRecorded));
    }
}

internal sealed record RunReference(string RunId, string Status) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("runId", RunId).Add("status", Status);
}

internal sealed record UnknownRun(IReadOnlyList<string> MissingEvidence) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("state", "unknown").Add("reasonCode", "run-not-recorded").Add("missingEvidence", MissingEvidence).Add("remediation", (IReadOnlyList<IPayload>)[]);
}

internal sealed record AuditCoverage(string State, IReadOnlyList<string> MissingEvidence) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("state", State).Add("missingEvidence", MissingEvidence);
}

internal sealed record RunIdentity(string RunId, IReadOnlyList<AuditRecord> Records) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("state", "present").Add("context", new RunContext(RunId, Records));
}

internal sealed record RunContext(string RunId, IReadOnlyList<AuditRecord> Records) : IPayload
{
    public void Write(PayloadWriter to)
    {
        var by = Records.Select(r => r.Event.By).FirstOrDefault(b => b is not null);
        var agent = Records.Select(r => r.Event.Agent).FirstOrDefault(a => a is not null) ?? "main";
        to.Add("schemaVersion", 1).Add("contextId", RunId).Add("executionId", RunId).Add("runId", RunId).Add("createdAt", Records[0].Ts)
            .Add("trustDomain", new Evidence("present") { Kind = "gateway-cell", DomainRef = "this-gateway" })
            .Add("invoker", by?.Person is { } person ? new Invoker("present", new PrincipalRow("person", person)) : new Invoker("absent", null))
            .Add("ingress", new Evidence(by is null ? "absent" : "present") { Kind = by is null ? "system" : by.Channel == "http" ? "api" : "gateway-client", Boundary = by?.From ?? "this machine" })
            .Add("agentPrincipal", new PrincipalRow("agent", agent))
            .Add("agentDefinition", new Evidence("present") { DefinitionRef = agent })
            .Add("runtimeInstance", new Evidence("present") { RuntimeRef = "this-gateway", Kind = "gateway" })
            .Add("applicableGrants", (IReadOnlyList<IPayload>)[]).Add("assurance", (IReadOnlyList<IPayload>)[])
            .Add("coverageState", by is null ? "unattributed" : "attribution-only").Add("missingEvidence", (IReadOnlyList<string>)[]);
    }
}

internal sealed record Invoker(string State, PrincipalRow? Principal) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("principal", Principal).Add("state", State);
}

internal sealed record PrincipalRow(string Kind, string PrincipalRef) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("kind", Kind).Add("domainRef", "this-gateway").Add("principalRef", PrincipalRef);
}

internal sealed record Evidence(string State) : IPayload
{
    public string? Kind { get; init; }
    public string? DomainRef { get; init; }
    public string? Boundary { get; init; }
    public string? DefinitionRef { get; init; }
    public string? RuntimeRef { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("kind", Kind).Add("domainRef", DomainRef).Add("boundary", Boundary).Add("definitionRef", DefinitionRef).Add("runtimeRef", RuntimeRef).Add("state", State);
}

internal sealed record DecisionRow(AuditRecord Record) : IPayload
{
    public void Write(PayloadWriter to)
    {
        var e = Record.Event;
        to.Add("schemaVersion", 1).Add("selectorId", $"audit-{Record.Seq + 1}").Add("occurredAt", Record.Ts)
            .Add("action", new DecisionAction(e.Kind, e.Action, e.Resource))
            .Add("decision", new Decision(e.Decision == AuditEvent.Allow ? "allowed" : "denied", e.Rule ?? "unknown"))
            .Add("enforcement", new Enforcement(e.Approval is null ? 0 : 1))
            .Add("provenance", new Provenance())
            .Add("missingEvidence", (IReadOnlyList<string>)[]).Add("remediation", (IReadOnlyList<IPayload>)[]);
    }
}

internal sealed record DecisionAction(string Family, string Operation, string? Summary) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("family", Family).Add("operation", Operation).Add("summary", Summary);
}

internal sealed record Decision(string Outcome, string ReasonCode) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("outcome", Outcome).Add("reasonCode", ReasonCode);
}

internal sealed record Enforcement(int GrantCount) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("coverageState", "enforced").Add("policyCount", 1).Add("grantCount", GrantCount).Add("contextFieldsUsed", (IReadOnlyList<string>)[]);
}

/// <summary>The chain is checked by <c>audit verify</c>, not here.</summary>
internal sealed record Provenance : IPayload
{
    public void Write(PayloadWriter to) => to.Add("state", "unverified");
}
