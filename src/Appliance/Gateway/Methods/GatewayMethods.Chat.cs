using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Talking in a session.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Chat =>
    [
        new GatewayMethod("chat.send", Scope.Write, call => SendAsync(call, ChatKey(call))) { KnowsRepeats = true },
        GatewayMethod.Of("chat.history", Scope.Read, call => History(call, startup: false)),
        GatewayMethod.Of("chat.startup", Scope.Read, call => History(call, startup: true)),
        GatewayMethod.Of("chat.metadata", Scope.Read, _ => FrameWriter.Payload(Metadata())),
        GatewayMethod.Of("chat.abort", Scope.Write, call => Abort(call, call.Params.Text("sessionKey", SessionKey.Longest))),
        GatewayMethod.Of("chat.inject", Scope.Admin, Inject) with { IsAdvertised = false },
        GatewayMethod.Of("commands.list", Scope.Read, _ => FrameWriter.Payload(new CommandList([]))),
    ];

    /// <summary>Begins a turn. The answer comes when the message is on the disk, and before the events of the turn.</summary>
    private Task<byte[]?> SendAsync(GatewayCall call, string key)
    {
        var text = call.Params.LongText("message");
        var runId = call.Params.Text("idempotencyKey", 256);
        if (call.Params.Any("attachments") is { ValueKind: JsonValueKind.Array } attachments && attachments.GetArrayLength() > 0)
            throw GatewayException.Unavailable("The models on this gateway read text only; send the message without attachments.");
        if (text.Trim().Length == 0) throw call.Params.Fault("message or attachment required");
        var session = _context.Sessions.GetOrCreate(key);
        if (call.Params.OptionalText("sessionId") is { } expected && expected != session.Id) throw GatewayException.Invalid("session changed");
        var answered = false;
        var turn = _context.Turns.Start(session, runId, text, () =>
        {
            answered = true;
            call.Respond(Started("started"));
        });
        if (answered) return Task.FromResult<byte[]?>(null);
        return Task.FromResult<byte[]?>(Started(turn is { IsOver: false } ? "in_flight" : "ok"));

        byte[] Started(string status) => FrameWriter.Payload(new ChatStarted(runId, status));
    }

    private byte[] History(GatewayCall call, bool startup)
    {
        var key = ChatKey(call);
        var session = _context.Sessions.GetOrCreate(key);
        if (call.Params.OptionalText("cursor", 1024) is { } cursor) return Delta(session, cursor);
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 1000) ?? 200);
        var offset = (int)Math.Min(call.Params.OptionalNumber("offset") ?? 0, int.MaxValue);
        var most = Math.Min(call.Params.OptionalNumber("maxBytes", 1024) ?? ProtocolLimits.HistoryBytes, ProtocolLimits.HistoryBytes);
        var messages = session.Read();
        var page = Page(messages, limit, offset, most);
        var running = _context.Turns.Active.FirstOrDefault(t => t.Session == session && t.StartedAt > 0);
        return FrameWriter.Payload(
            new ChatHistory(key, session.Id, [.. page.Select(m => ToRow(session, m))])
            {
                DeltaCursor = Cursor(session, messages.Count),
                HasMore = page.Count > 0 && page[0].Seq > 1,
                TotalMessages = messages.Count,
                Defaults = ModelDefaults(),
                SessionInfo = ToRow(session),
                InFlightRun = running is null ? null : new(running.RunId, running.Answer),
                AgentsList = startup ? ListAgents() : null,
                Metadata = startup ? Metadata() : null,
            });
    }

    /// <summary>The newest messages that keep to both limits, oldest first; at least one, however long.</summary>
    internal static IReadOnlyList<SessionMessage> Page(IReadOnlyList<SessionMessage> messages, int limit, int offset, long mostBytes)
    {
        const int around = 512;
        var page = new List<SessionMessage>();
        long bytes = 0;
        for (var i = messages.Count - 1 - Math.Min(offset, messages.Count); i >= 0 && page.Count < limit; i--)
        {
            bytes += Encoding.UTF8.GetByteCount(messages[i].Text) + around;
            if (bytes > mostBytes && page.Count > 0) break;
            page.Add(messages[i]);
        }
        page.Reverse();
        return page;
    }

    private byte[] Delta(Session session, string cursor)
    {
        if (ReadCursor(cursor) is not { } known || known.SessionId != session.Id) return FrameWriter.Payload(new ChatReset());
        var messages = session.Read();
        return FrameWriter.Payload(
            new ChatDelta([.. messages.Where(m => m.Seq > known.LastSeq).Select(m => ToRow(session, m))], Cursor(session, messages.Count), ToRow(session)));
    }

    private static string Cursor(Session session, int last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{session.Id}:{last}")));

    private static (string SessionId, int LastSeq)? ReadCursor(string cursor)
    {
        if (!Base64Url.IsValid(cursor)) return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(':');
        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? (parts[0], last) : null;
    }

    private ChatMetadata Metadata() => new(ListModels(null).Models, []);

    private byte[] Abort(GatewayCall call, string? named)
    {
        var key = named is null ? null : ResolveKey(named, call.Params.OptionalText("agentId"));
        var runId = call.Params.OptionalText("runId");
        if (key is null && runId is null) throw call.Params.Fault("must have required property 'key'");
        var turns = _context.Turns.Active.Where(t => (key is null || t.Session.Key == key) && (runId is null || t.RunId == runId)).ToArray();
        foreach (var turn in turns) turn.Abort();
        return FrameWriter.Payload(new ChatAborted(true, turns.Length > 0, [.. turns.Select(t => t.RunId)]));
    }

    /// <summary>Puts a note into a transcript, as if the assistant had said it.</summary>
    private byte[] Inject(GatewayCall call)
    {
        var session = _context.Sessions.Find(ChatKey(call)) ?? throw GatewayException.Invalid("session not found");
        var label = call.Params.OptionalText("label", 100);
        var text = call.Params.Text("message", int.MaxValue);
        var message = session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, _context.Now, SessionMessage.Assistant, label is null ? text : $"[{label}]\n\n{text}") { StopReason = "stop" })!;
        _context.Hub.Broadcast("session.message", FrameWriter.Payload(
            new SessionMessageEvent(session.Key, ToRow(session, message))), c => c.Subscriptions.HearsMessages(session.Key));
        return FrameWriter.Payload(new ChatInjected(true, message.Id));
    }

    private static string ChatKey(GatewayCall call) => ResolveKey(call.Params.Text("sessionKey", SessionKey.Longest), call.Params.OptionalText("agentId"));
}
