using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Outgoing;
using Appliance.Gateway.Protocol;
using Runtime.Outbox;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What waits to leave the box: the owner's alone. OpenClaw's protocol has no method for it, so that none is advertised.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Outgoing =>
    [
        Owners("outbox.list", Scope.Read, _ => FrameWriter.Payload(to => to.Add("offline", _context.Egress.Offline).Add("entries", [.. _context.Outbox.All.Select(entry => new OutboxRow(entry))]))),
        Owners("outbox.add", Scope.Write, call =>
        {
            var key = ResolveKey(call.Params.OptionalText("sessionKey", SessionKey.Longest) ?? "main", call.Params.OptionalText("agentId"));
            var text = call.Params.LongText("message");
            if (text.Trim().Length == 0) throw call.Params.Fault("must have required property 'message'");
            var entry = _context.Outbox.Add(OutboxChannels.Turn, key, text, $"turn:{call.Params.Text("idempotencyKey", 256)}");
            return FrameWriter.Payload(to => to.Add("ok", true).Add("id", entry?.Id).Add("sessionKey", key));
        }),
        Owners("outbox.remove", Scope.Admin, call => FrameWriter.Payload(to => to.Add("ok", _context.Outbox.Remove(call.Params.Text("id", 64))))),
        Owners("outbox.retry", Scope.Admin, call => FrameWriter.Payload(to => to.Add("ok", _context.Outbox.Retry(call.Params.OptionalText("id", 64))).Add("offline", _context.Egress.Offline))),
    ];

    private static GatewayMethod Owners(string name, string scope, Func<GatewayCall, byte[]> handle) => GatewayMethod.Of(name, scope, call =>
        call.Principal.PersonId == Person.OwnerId ? handle(call) : throw GatewayException.MissingScope(Scope.Admin)) with
    { IsAdvertised = false };

    private sealed record OutboxRow(OutboxEntry Entry) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("id", Entry.Id).Add("kind", Entry.Kind).Add("to", Entry.To).Add("at", Entry.AtMs).Add("expires", Entry.ExpiresMs)
            .Add("tries", Entry.Tries).Add("state", Entry.Held is not null ? "held" : Entry.IsTrying ? "sending" : "waiting").Add("error", Entry.Held ?? Entry.Error).Add("body", Entry.Body);
    }
}
