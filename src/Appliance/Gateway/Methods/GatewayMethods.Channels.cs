using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Messages;
using Runtime.Messages.Telegram;
using Runtime.Outbox;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Messages to people by channels: webchat, which is whoever follows a session in a client, and a Telegram bot where one is configured.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Channels =>
    [
        GatewayMethod.Of("channels.status", Scope.Read, _ => FrameWriter.Payload(new ChannelsStatus(_context.Now, _context.Telegram.IsConfigured))),
        new("send", Scope.Write, call => SendAsync(call, call.Params.OptionalText("channel") ?? MessageDelivery.WebChat, call.Params)),
        new("message.action", Scope.Write, call =>
        {
            var (channel, action) = (call.Params.Text("channel"), call.Params.Text("action"));
            var sent = call.Params.OptionalObject("params") ?? throw call.Params.Fault("must have required property 'params'");
            return action == "send" ? SendAsync(call, channel, sent) : throw GatewayException.Unavailable($"The channel {Cut(channel, 80)} cannot {Cut(action, 80)}; it can send.");
        }),
    ];

    private Task<byte[]?> SendAsync(GatewayCall call, string channel, RequestParams sent)
    {
        if (sent.OptionalText("mediaUrl", 4096) is not null || sent.OptionalTexts("mediaUrls") is { Count: > 0 }) throw GatewayException.Unavailable("Only text can be sent on this gateway yet.");
        return channel switch
        {
            MessageDelivery.WebChat => Task.FromResult<byte[]?>(Deliver(call, sent)),
            TelegramChannel.Name => SendByTelegramAsync(call, sent),
            _ => throw GatewayException.Unavailable($"There is no channel {Cut(channel, 80)} on this gateway yet. {MessageDelivery.WebChat} is there (its target is a session's key), and {TelegramChannel.Name} where a bot is configured."),
        };
    }

    /// <summary>Puts a message into a session as the assistant's, once for a key, after a restart too.</summary>
    private byte[] Deliver(GatewayCall call, RequestParams sent)
    {
        var to = sent.OptionalText("to", SessionKey.Longest + 16) ?? sent.Text("target", SessionKey.Longest + 16);
        var key = ResolveKey(MessageDelivery.Target(to), call.Params.OptionalText("agentId"));
        var runId = call.Params.Text("idempotencyKey", 256);
        var text = sent.Text("message", int.MaxValue);
        var session = _context.Sessions.Find(key) ?? throw GatewayException.Invalid($"No session found: {Cut(key, 80)}");
        var message = _context.Messages.Deliver(session, text, runId);
        return FrameWriter.Payload(answer => answer.Add("ok", true).Add("runId", runId).Add("messageId", message.Id).Add("channel", MessageDelivery.WebChat).Add("sessionKey", key));
    }

    /// <summary>Sends by the owner's bot. It speaks in the owner's name to anybody, so that nobody else may.</summary>
    private async Task<byte[]?> SendByTelegramAsync(GatewayCall call, RequestParams sent)
    {
        if (call.Principal.PersonId != Person.OwnerId) throw GatewayException.MissingScope(Scope.Admin);
        var (to, text, runId) = (sent.OptionalText("to", 128) ?? sent.Text("target", 128), sent.Text("message", int.MaxValue), call.Params.Text("idempotencyKey", 256));
        var key = $"{call.Principal.Caller}:{runId}";
        try
        {
            var (chat, _) = _context.Telegram.Check(to, text);
            // What was said before comes first, and nothing is said twice: after a restart only the outbox knows.
            if (_context.Outbox.IsKnown(key) || _context.Outbox.IsWaiting(TelegramChannel.Name, chat)) return Queue(chat);
            try { return Sent(await _context.Telegram.SendAsync(to, text, key, call.Connection.Gone), false); }
            catch (DeliveryException e) when (e.Fault == DeliveryFault.NotSent) { return Queue(chat); }
        }
        catch (ModelException e)
        {
            throw GatewayException.Unavailable(e.Message);
        }

        byte[] Queue(string chat) => Sent(_context.Outbox.Add(TelegramChannel.Name, chat, text, key)?.Id ?? runId, true);

        byte[] Sent(string id, bool isQueued) => FrameWriter.Payload(answer => answer.Add("ok", true).Add("runId", runId).Add("messageId", id).Add("channel", TelegramChannel.Name).Add("to", to).Add("queued", isQueued ? true : null));
    }

    /// <summary>Tells clients of a message that was put into a session.</summary>
    public void MessageDelivered(Session session, SessionMessage message)
    {
        TellMessage(session, message);
        Changed(session, "send");
    }
}
