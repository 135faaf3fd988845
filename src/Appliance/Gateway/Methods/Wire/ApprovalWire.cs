using System.Text.Json;
using Appliance.Gateway.Protocol;
using Runtime.Approvals;

namespace Appliance.Gateway.Methods.Wire;

// What the methods and events about approvals send (FIELDS: ExecApproval*, Approval*; transcript 50).

/// <summary>The rules for commands; <c>file</c> is the document as it is on the disk.</summary>
internal sealed record ExecApprovals(string Path, bool Exists, string Hash, JsonElement File, ExecDefaults ResolvedDefaults) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("exists", Exists).Add("hash", Hash).Add("file", File).Add("resolvedDefaults", ResolvedDefaults);
}

internal sealed record ExecDefaults(string Security, string Ask, string AskFallback, bool AutoAllowSkills) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("security", Security).Add("ask", Ask).Add("askFallback", AskFallback).Add("autoAllowSkills", AutoAllowSkills);
}

/// <summary>A question, as lists and events have it.</summary>
internal sealed record ApprovalRow(Approval Approval) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("approvalKind", Approval.Request.Kind).Add("id", Approval.Id).Add("request", new ApprovalRequestRow(Approval.Request))
        .Add("createdAtMs", Approval.CreatedAtMs).Add("expiresAtMs", Approval.ExpiresAtMs);
}

/// <summary>What is asked. A plugin's has a title and a description in the place of a command.</summary>
internal sealed record ApprovalRequestRow(ApprovalRequest Request) : IPayload
{
    public void Write(PayloadWriter to)
    {
        if (Request.Kind == "exec")
        {
            to.Add("command", Request.Text).Nothing("systemRunBinding", "systemRunPlan", "scope", "sessionId", "turnSourceChannel", "turnSourceTo", "turnSourceAccountId", "turnSourceThreadId")
                .Stay("cwd", Request.Folder).Stay("nodeId", Request.Node).Add("host", Request.Node is null ? "gateway" : "node")
                .Add("security", "allowlist").Add("ask", "on-miss").Stay("warningText", Request.Warning).Stay("resolvedPath", Request.Program);
        }
        else to.Add("title", ApprovalDecisions.Title(Request)).Add("description", ApprovalDecisions.Description(Request)).Add("detail", Request.Text).Add("severity", "warning").Stay("toolName", Request.Tool);
        if (!Request.MayBeAlways) to.Add("unavailableDecisions", ["allow-always"]);
        to.Add("allowedDecisions", ApprovalDecisions.Of(Request)).Stay("agentId", Request.Agent).Stay("sessionKey", Request.Session).Stay("runId", Request.Run).Stay("toolCallId", Request.Call);
    }
}

/// <summary>The end of a question.</summary>
internal sealed record ApprovalResolved(Approval Approval) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Approval.Id).Stay("decision", ApprovalDecisions.Word(Approval)).Stay("resolvedBy", Approval.ResolvedBy).Add("ts", Approval.ResolvedAtMs).Add("request", new ApprovalRequestRow(Approval.Request));
}

/// <summary>One question, for who was told its id.</summary>
internal sealed record ExecApprovalView(Approval Approval) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Approval.Id).Add("commandText", Approval.Request.Text).Stay("commandPreview", (string?)null).Add("allowedDecisions", ApprovalDecisions.Of(Approval.Request))
        .Add("host", Approval.Request.Node is null ? "gateway" : "node").Stay("nodeId", Approval.Request.Node).Stay("agentId", Approval.Request.Agent).Add("expiresAtMs", Approval.ExpiresAtMs);
}

/// <summary>How a question stands, for who asked it.</summary>
internal sealed record ApprovalWait(Approval Approval, string? Status) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("status", Status).Add("id", Approval.Id).Stay("decision", ApprovalDecisions.Word(Approval)).Add("createdAtMs", Approval.CreatedAtMs).Add("expiresAtMs", Approval.ExpiresAtMs);
}

/// <summary>A question of any kind: ApprovalSnapshot.</summary>
internal sealed record ApprovalSnapshot(Approval Approval) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("id", Approval.Id).Add("urlPath", $"/approvals/{Uri.EscapeDataString(Approval.Id)}").Add("createdAtMs", Approval.CreatedAtMs).Add("expiresAtMs", Approval.ExpiresAtMs)
            .Add("presentation", new ApprovalPresentation(Approval.Request));
        if (Approval.Decision is null)
        {
            to.Add("status", "pending").Add("sourceSessionKey", Approval.Request.Session);
            return;
        }
        to.Add("resolvedAtMs", Approval.ResolvedAtMs).Add("source", new ApprovalSource(Approval.Request.Agent, Approval.Request.Session));
        if (Approval.ResolvedBy is { } by) to.Add("resolver", new ApprovalResolver("device", by));
        if (Approval.IsAllowed || Approval.Reason is "user" or "no-route") to.Add("status", Approval.IsAllowed ? "allowed" : "denied").Add("decision", ApprovalDecisions.Word(Approval));
        else to.Add("status", Approval.Reason == "timeout" ? "expired" : "cancelled");
        to.Add("reason", Approval.Reason);
    }
}

/// <summary>What a person sees of it.</summary>
internal sealed record ApprovalPresentation(ApprovalRequest Request) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("kind", Request.Kind);
        if (Request.Kind == "exec") to.Add("commandText", Request.Text).Stay("warningText", Request.Warning).Add("host", Request.Node is null ? "gateway" : "node").Stay("nodeId", Request.Node);
        else to.Add("title", ApprovalDecisions.Title(Request)).Add("description", ApprovalDecisions.Description(Request)).Add("detail", Request.Text.Length <= 16384 ? Request.Text : null).Add("severity", "warning").Stay("toolName", Request.Tool);
        to.Stay("agentId", Request.Agent).Add("allowedDecisions", ApprovalDecisions.Of(Request));
    }
}

internal sealed record ApprovalSource(string? AgentId, string? SessionKey) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("agentId", AgentId).Add("sessionKey", SessionKey);
}

internal sealed record ApprovalResolver(string Kind, string Id) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("kind", Kind).Add("id", Id);
}

internal sealed record ApprovalGet(Approval Approval) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("approval", new ApprovalSnapshot(Approval));
}

internal sealed record ApprovalApplied(bool Applied, Approval Approval) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("applied", Applied).Add("approval", new ApprovalSnapshot(Approval));
}

internal sealed record ApprovalHistory(IReadOnlyList<ApprovalSnapshot> Items, string? NextCursor) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("items", Items).Add("nextCursor", NextCursor);
}

internal sealed record GrantList(IReadOnlyList<GrantRow> Grants) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("grants", Grants);
}

internal sealed record GrantRow(StandingGrant Grant) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Grant.Id).Add("command", Grant.Text).Add("agentId", Grant.Agent).Add("grantedBy", Grant.GrantedBy).Add("createdAtMs", Grant.CreatedAtMs).Add("expiresAtMs", Grant.ExpiresAtMs);
}

/// <summary>Words of the wire for decisions.</summary>
internal static class ApprovalDecisions
{
    public static IReadOnlyList<string> Of(ApprovalRequest request) => request.MayBeAlways ? ["allow-once", "allow-always", "deny"] : ["allow-once", "deny"];

    public static string? Word(Approval approval) => approval.Decision switch
    {
        ApprovalDecision.AllowOnce => "allow-once",
        ApprovalDecision.AllowAlways => "allow-always",
        ApprovalDecision.Deny when approval.Reason == "user" => "deny",
        // What ended without a person's word has none.
        ApprovalDecision.Deny when approval.Reason == "no-route" => "deny",
        _ => null,
    };

    public static ApprovalDecision? Parse(string word) => word switch
    {
        "allow-once" => ApprovalDecision.AllowOnce,
        "allow-always" => ApprovalDecision.AllowAlways,
        "deny" => ApprovalDecision.Deny,
        _ => null,
    };

    public static string Title(ApprovalRequest request) => Short(request.Title ?? $"{request.Tool} of {request.Agent}", 80);

    public static string Description(ApprovalRequest request) => Short(request.Warning ?? request.Text, 512);

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
