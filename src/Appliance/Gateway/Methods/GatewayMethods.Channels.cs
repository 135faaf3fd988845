using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Messages to people by channels. The one there is is webchat: whoever follows a session in a client.
internal sealed partial class GatewayMethods
{
    private const string WebChat = "webchat";

    private IEnumerable<GatewayMethod> Channels =>
    [
        GatewayMethod.Of("send", Scope.Write, call => Deliver(call, call.Params.OptionalText("channel") ?? WebChat, call.Params)),
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
        if (channel != WebChat) throw GatewayException.Unavailable($"There is no channel {Cut(channel, 80)} on this gateway yet. {WebChat} is there: its target is a session's key.");
        var to = sent.OptionalText("to", SessionKey.Longest + 16) ?? sent.Text("target", SessionKey.Longest + 16);
        var key = ResolveKey(to.StartsWith(WebChat + ":", StringComparison.Ordinal) ? to[(WebChat.Length + 1)..] : to, call.Params.OptionalText("agentId"));
        var runId = call.Params.Text("idempotencyKey", 256);
        if (sent.OptionalText("mediaUrl", 4096) is not null || sent.OptionalTexts("mediaUrls") is { Count: > 0 }) throw GatewayException.Unavailable("Only text can be sent on this gateway yet.");
        var text = sent.Text("message", int.MaxValue);
        var session = _context.Sessions.Find(key) ?? throw GatewayException.Invalid($"No session found: {Cut(key, 80)}");
        var message = session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, _context.Now, SessionMessage.Assistant, text) { IdempotencyKey = $"{runId}:send", StopReason = "stop" });
        if (message is not null)
        {
            TellMessage(session, message);
            Changed(session, "send");
        }
        var id = message?.Id ?? session.Read().First(m => m.IdempotencyKey == $"{runId}:send").Id;
        return FrameWriter.Payload(answer => answer.Add("ok", true).Add("runId", runId).Add("messageId", id).Add("channel", WebChat).Add("sessionKey", key));
    }
}
