using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Audit;

namespace Appliance.Gateway.Methods;

// The audit log, as clients of the protocol may read it: what agents and tools did, by names and times alone.
internal sealed partial class GatewayMethods
{
    // Records that are looked at for one page: a rare filter must not read the whole log.
    private const int MostRead = 50_000;

    private IEnumerable<GatewayMethod> Auditing =>
    [
        new GatewayMethod("audit.list", Scope.Read, ListAuditAsync),
        new GatewayMethod("audit.activity.list", Scope.Read, ListAuditAsync),
        new GatewayMethod("audit.run.inspect", Scope.Read, InspectRunAsync),
    ];

    private async Task<byte[]?> ListAuditAsync(GatewayCall call)
    {
        // What happened before the question is in the answer.
        await _context.Identity.Audit.FlushAsync();
        var query = call.Params;
        var (agent, session, run) = (query.OptionalText("agentId"), query.OptionalText("sessionKey"), query.OptionalText("runId"));
        var (kind, status) = (query.OptionalWord("kind", "agent_run", "tool_action", "message"), query.OptionalText("status"));
        var (after, before) = (query.OptionalNumber("after"), query.OptionalNumber("before"));
        var limit = (int)(query.OptionalNumber("limit", 1, 500) ?? 100);
        var from = query.OptionalText("cursor") is { } cursor ? long.TryParse(cursor, out var seq) && seq >= 0 ? seq : throw query.Fault("at /cursor: is none of this gateway's") : long.MaxValue;
        var (page, last, read) = (new List<AuditEventRow>(), from, 0);
        foreach (var record in AuditReader.NewestFirst(_context.Home, from).Take(MostRead))
        {
            (last, read) = (record.Seq, read + 1);
            if (after is { } since && record.Ts <= since) return Page(null);
            if (before is { } until && record.Ts >= until) continue;
            if (AuditEventRow.Of(record) is not { } row) continue;
            if ((agent is not null && row.AgentId != agent) || (session is not null && row.SessionKey != session) || (run is not null && row.RunId != run)) continue;
            if ((kind is not null && row.Kind != kind) || (status is not null && row.Status != status)) continue;
            if (!MaySee(call.Principal, record.Event.Session)) continue;
            page.Add(row);
            if (page.Count == limit) return Page(record.Seq);
        }
        return Page(read == MostRead ? last : null);

        byte[] Page(long? next) => FrameWriter.Payload(new AuditPage(page, next is > 0 ? $"{next}" : null));
    }

    private async Task<byte[]?> InspectRunAsync(GatewayCall call)
    {
        await _context.Identity.Audit.FlushAsync();
        var run = call.Params.OptionalText("runId", 256) ?? call.Params.OptionalText("executionId", 256) ?? throw call.Params.Fault("must have required property 'runId'");
        var records = AuditReader.NewestFirst(_context.Home).Take(MostRead).Where(r => r.Event.Run == run && MaySee(call.Principal, r.Event.Session)).Reverse().ToList();
        return FrameWriter.Payload(new AuditRunInspected(run, records));
    }
}
