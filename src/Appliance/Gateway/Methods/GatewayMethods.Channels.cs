using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Runtime.Messages;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Messages to people by channels. The one there is is webchat: whoever follows a session in a client.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Channels =>
    [
        GatewayMethod.Of("send", Scope.Write, call => Deliver(call, call.Params.OptionalText("channel") ?? MessageDelivery.WebChat, call.Params)),
        GatewayMethod.Of("message.action", Scope.Write, call =>
        {
            var (channel, action) = (call.Params.Text("channel"), call.Params.Text("action"));
            var sent = call.Params.OptionalObject("params") ?? throw call.Params.Fault("must have required property 'params'");
            return action == "send" ? Deliver(call, channel, sent) : throw GatewayException.Unavailable($"The channel {Cut(channel, 80)} cannot {Cut(action, 80)}; it can send.");
        }),
    ];

    /// <summary>Puts a message into a session as the assistant's, once for a key, after a restart too.</summary>
    private byte[] Deliver(GatewayCall call, string channel, RequestParams sent)
    {
        if (channel != MessageDelivery.WebChat) throw GatewayException.Unavailable($"There is no channel {Cut(channel, 80)} on this gateway yet. {MessageDelivery.WebChat} is there: its target is a session's key.");
        var to = sent.OptionalText("to", SessionKey.Longest + 16) ?? sent.Text("target", SessionKey.Longest + 16);
        var key = ResolveKey(MessageDelivery.Target(to), call.Params.OptionalText("agentId"));
        var runId = call.Params.Text("idempotencyKey", 256);
        if (sent.OptionalText("mediaUrl", 4096) is not null || sent.OptionalTexts("mediaUrls") is { Count: > 0 }) throw GatewayException.Unavailable("Only text can be sent on this gateway yet.");
        var text = sent.Text("message", int.MaxValue);
        var session = _context.Sessions.Find(key) ?? throw GatewayException.Invalid($"No session found: {Cut(key, 80)}");
        var message = _context.Messages.Deliver(session, text, runId);
        return FrameWriter.Payload(answer => answer.Add("ok", true).Add("runId", runId).Add("messageId", message.Id).Add("channel", MessageDelivery.WebChat).Add("sessionKey", key));
    }

    /// <summary>Tells clients of a message that was put into a session.</summary>
    public void MessageDelivered(Session session, SessionMessage message)
    {
        TellMessage(session, message);
        Changed(session, "send");
    }
}
