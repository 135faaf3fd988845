using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Approvals;
using Runtime.Audit;

namespace Appliance.Gateway.Methods;

// Approvals: who waits for a yes, the answers, what was allowed for good, and the rules for commands. Reachable from every client whose
// scopes have it; the first answer counts.
internal sealed partial class GatewayMethods
{
    private const int LongestCommand = 16 * 1024;

    private IEnumerable<GatewayMethod> Approvals =>
    [
        GatewayMethod.Of("exec.approval.list", Scope.Approvals, _ => Rows("exec")),
        GatewayMethod.Of("plugin.approval.list", Scope.Approvals, _ => Rows("plugin")),
        GatewayMethod.Of("openclaw.approval.list", Scope.Approvals, _ => Rows("system-agent")),
        GatewayMethod.Of("exec.approval.get", Scope.Approvals, call => FrameWriter.Payload(new ExecApprovalView(Known(call, "exec")))),
        new("exec.approval.request", Scope.Approvals, RequestApproval),
        new("exec.approval.waitDecision", Scope.Approvals, async call => FrameWriter.Payload(new ApprovalWait(await WaitForAsync(call, Known(call, "exec")), null))),
        GatewayMethod.Of("exec.approval.resolve", Scope.Approvals, call => ResolveOf(call, "exec")),
        new("plugin.approval.request", Scope.Approvals, RequestPluginApproval),
        new("plugin.approval.waitDecision", Scope.Approvals, async call => FrameWriter.Payload(new ApprovalWait(await WaitForAsync(call, Known(call, "plugin")), null))),
        GatewayMethod.Of("plugin.approval.resolve", Scope.Approvals, call => ResolveOf(call, "plugin")),
        GatewayMethod.Of("exec.approval.grants.list", Scope.Approvals, _ => FrameWriter.Payload(new GrantList([.. _context.Approvals.Grants.List().Select(grant => new GrantRow(grant))]))),
        GatewayMethod.Of("exec.approval.grants.revoke", Scope.Approvals, RevokeGrant),
        GatewayMethod.Of("approval.get", Scope.Approvals, call => FrameWriter.Payload(new ApprovalGet(Known(call, null)))),
        GatewayMethod.Of("approval.resolve", Scope.Approvals, ResolveAny),
        GatewayMethod.Of("approval.history", Scope.Approvals, ApprovalHistory),
        GatewayMethod.Of("exec.approvals.get", Scope.Admin, _ => RulesPayload()),
        GatewayMethod.Of("exec.approvals.set", Scope.Admin, SetRules),
    ];

    /// <summary>Tells who may answer that a question waits.</summary>
    public void ApprovalRequested(Approval approval)
    {
        // Not the command itself: what was said may stand in it.
        Audit($"approval {approval.Id} is asked for: {approval.Request.Program ?? approval.Request.Tool ?? "a command"}");
        Record(approval, "approval.requested", null);
        _context.Hub.Broadcast($"{approval.Request.Kind}.approval.requested", FrameWriter.Payload(new ApprovalRow(approval)));
    }

    /// <summary>Tells them that it ended.</summary>
    public void ApprovalEnded(Approval approval)
    {
        Audit($"approval {approval.Id} ended: {approval.Decision} ({approval.Reason}) by {approval.ResolvedBy ?? "nobody"}");
        Record(approval, "approval.resolved", approval.IsAllowed ? AuditEvent.Allow : AuditEvent.Deny);
        _context.Hub.Broadcast($"{approval.Request.Kind}.approval.resolved", FrameWriter.Payload(new ApprovalResolved(approval)));
    }

    private void Record(Approval approval, string action, string? decision) => _context.Identity.Audit.Record(new AuditEvent(AuditKind.Approval, action)
    {
        Agent = approval.Request.Agent,
        Session = approval.Request.Session,
        Run = approval.Request.Run,
        Call = approval.Request.Call,
        Resource = approval.Request.Program ?? approval.Request.Tool,
        Approval = approval.Id,
        Decision = decision,
        Rule = approval.Reason,
        Detail = approval.ResolvedBy,
    });

    /// <summary>True where somebody is connected who may answer.</summary>
    public bool IsApproverThere() => _context.Hub.Connections.Any(connection => connection.Principal is { } principal && principal.Role == Principal.Operator && Scope.Allows(principal.Scopes, Scope.Approvals));

    private byte[] Rows(string kind) => FrameWriter.Payload([.. _context.Approvals.Pending.Where(approval => approval.Request.Kind == kind).Select(approval => new ApprovalRow(approval))]);

    private Approval Known(GatewayCall call, string? kind)
    {
        var approval = _context.Approvals.Find(call.Params.Text("id"));
        return approval is not null && (kind is null || approval.Request.Kind == kind) ? approval : throw new GatewayException(ErrorCode.ApprovalNotFound, "unknown or expired approval id");
    }

    /// <summary>A client asks on behalf of what runs elsewhere, such as a node. What it says is shown; nothing of it is bound here, so it can be allowed once only.</summary>
    private Task<byte[]?> RequestApproval(GatewayCall call)
    {
        var argv = call.Params.OptionalTexts("commandArgv", most: 1024, longest: LongestCommand);
        var text = call.Params.OptionalText("command", LongestCommand) ?? (argv is { Count: > 0 } ? string.Join(' ', argv) : null) ?? throw call.Params.Fault("must have required property 'command'");
        return AskAsync(call, new ApprovalRequest("exec", DisplayText.Escape(text))
        {
            Id = call.Params.OptionalText("id", 128),
            Warning = Shown(call, "warningText", 4096),
            Folder = Shown(call, "cwd", 4096),
            Program = Shown(call, "resolvedPath", 4096),
            Node = Shown(call, "nodeId"),
        });
    }

    /// <summary>The same for something that is no command: what it is called and what it does is the asker's word, and shown as such.</summary>
    private Task<byte[]?> RequestPluginApproval(GatewayCall call)
    {
        var (title, description) = (call.Params.Text("title", 80), call.Params.Text("description", 512));
        return AskAsync(call, new ApprovalRequest("plugin", Shown(call, "detail", 16384) ?? DisplayText.Escape(description))
        {
            Title = DisplayText.Escape(title),
            Warning = DisplayText.Escape(description),
            Tool = Shown(call, "toolName") ?? Shown(call, "pluginId"),
        });
    }

    private async Task<byte[]?> AskAsync(GatewayCall call, ApprovalRequest request)
    {
        var approval = _context.Approvals.Begin(request with
        {
            Agent = Shown(call, "agentId"),
            Session = Shown(call, "sessionKey"),
            Run = Shown(call, "runId"),
            Call = Shown(call, "toolCallId"),
            Lifetime = TimeSpan.FromMilliseconds(call.Params.OptionalNumber("timeoutMs", 1, 24 * 3600 * 1000) ?? 30 * 60 * 1000),
        });
        if (call.Params.OptionalFlag("twoPhase") == true) call.Respond(FrameWriter.Payload(new ApprovalWait(approval, "accepted")));
        return FrameWriter.Payload(new ApprovalWait(await WaitForAsync(call, approval), null));
    }

    private static string? Shown(GatewayCall call, string name, int longest = 512) => call.Params.OptionalText(name, longest) is { } value ? DisplayText.Escape(value) : null;

    private async Task<Approval> WaitForAsync(GatewayCall call, Approval approval) => await _context.Approvals.WaitAsync(approval.Id, call.Connection.Gone) ?? approval;

    private byte[] ResolveOf(GatewayCall call, string kind)
    {
        var approval = Known(call, kind);
        if (!Resolve(call, approval)) throw new GatewayException(ErrorCode.ApprovalNotFound, "this approval has ended already");
        return Done();
    }

    private byte[] ResolveAny(GatewayCall call)
    {
        var kind = call.Params.Text("kind");
        var approval = Known(call, kind);
        var applied = Resolve(call, approval);
        return FrameWriter.Payload(new ApprovalApplied(applied, _context.Approvals.Find(approval.Id) ?? approval));
    }

    private bool Resolve(GatewayCall call, Approval approval)
    {
        var decision = ApprovalDecisions.Parse(call.Params.Text("decision")) ?? throw call.Params.Fault("at /decision: must be equal to one of the allowed values");
        var days = call.Params.OptionalNumber("grantExpiresInDays", 1, 3650);
        try
        {
            return _context.Approvals.Resolve(approval.Id, decision, Who(call), days is { } count ? TimeSpan.FromDays(count) : null);
        }
        catch (ModelException e)
        {
            throw GatewayException.Invalid(e.Message);
        }
    }

    private byte[] RevokeGrant(GatewayCall call)
    {
        var id = call.Params.OptionalText("id") ?? call.Params.Text("grantId");
        if (!_context.Approvals.Grants.Revoke(id)) throw GatewayException.Invalid("unknown grant id");
        Audit($"grant {id} revoked by {Who(call)}");
        return Done();
    }

    private byte[] ApprovalHistory(GatewayCall call)
    {
        var kind = call.Params.OptionalWord("kind", "exec", "plugin", "system-agent");
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 100) ?? 50);
        var all = _context.Approvals.History.Where(approval => kind is null || approval.Request.Kind == kind).ToList();
        // The cursor is the last one that was shown: newer ones that came meanwhile do not move the page.
        var start = call.Params.OptionalText("cursor") is { } cursor ? all.FindIndex(approval => approval.Id == cursor) + 1 : 0;
        var page = all.Skip(start).Take(limit).ToList();
        return FrameWriter.Payload(new ApprovalHistory([.. page.Select(approval => new ApprovalSnapshot(approval))], start + page.Count < all.Count ? page[^1].Id : null));
    }

    private byte[] RulesPayload()
    {
        var rules = _context.CommandRules;
        var defaults = rules.Of("");
        // A file that cannot be read is told of by what holds meanwhile: nothing runs.
        using var document = JsonDocument.Parse(rules.Text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return FrameWriter.Payload(new ExecApprovals(rules.Path, rules.Exists, rules.Hash, document.RootElement.Clone(), new ExecDefaults(defaults.Security, defaults.Ask, "deny", false)));
    }

    private byte[] SetRules(GatewayCall call)
    {
        var file = call.Params.Any("file");
        if (file.ValueKind != JsonValueKind.Object) throw call.Params.Fault("must have required property 'file'");
        try
        {
            _context.CommandRules.Replace(file.GetRawText(), call.Params.OptionalText("baseHash"));
        }
        catch (ModelException e)
        {
            throw GatewayException.Invalid(e.Message);
        }
        Audit($"rules for commands changed by {Who(call)}");
        return RulesPayload();
    }
}
