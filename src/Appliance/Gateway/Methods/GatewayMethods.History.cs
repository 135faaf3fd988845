using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Reading what was said: by pages, from a cursor on, and one message. A reader begins no session.
internal sealed partial class GatewayMethods
{
    private const int MostDelta = 200;
    private const int MostDeltaBytes = 1024 * 1024;

    private IEnumerable<GatewayMethod> HistoryMethods =>
    [
        GatewayMethod.Of("chat.history", Scope.Read, call => History(call, startup: false)),
        GatewayMethod.Of("chat.startup", Scope.Read, call => History(call, startup: true)),
        GatewayMethod.Of("chat.message.get", Scope.Read, GetMessage),
    ];

    private byte[] History(GatewayCall call, bool startup)
    {
        var key = ChatKey(call);
        var session = _context.Sessions.Find(key);
        if (call.Params.OptionalText("cursor", 1024) is { } cursor) return Delta(session, cursor);
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 1000) ?? 200);
        var offset = (int)Math.Min(call.Params.OptionalNumber("offset") ?? 0, int.MaxValue);
        var most = Math.Min(call.Params.OptionalNumber("maxBytes", 1024) ?? ProtocolLimits.HistoryBytes, ProtocolLimits.HistoryBytes);
        var characters = (int?)call.Params.OptionalNumber("maxChars", 1, 500_000);
        var messages = session?.Read() ?? [];
        if (call.Params.OptionalText("messageId") is { } anchor) offset = Around(messages, anchor, limit);
        var page = Page(messages, limit, offset, most);
        var running = session is null ? null : _context.Turns.Active.FirstOrDefault(t => t.Session == session && t.StartedAt > 0);
        return FrameWriter.Payload(
            new ChatHistory(key, session?.Id, session is null ? [] : [.. page.Select(m => ToRow(session, m, characters))])
            {
                DeltaCursor = Cursor(session, messages.Count),
                HasMore = page.Count > 0 && page[0].Seq > 1,
                TotalMessages = messages.Count,
                Defaults = ModelDefaults(),
                SessionInfo = session is null ? Unbegun(key) : ToRow(session),
                InFlightRun = running is null ? null : new(running.RunId, running.Answer),
                AgentsList = startup ? ListAgents(call) : null,
                Metadata = startup ? Metadata() : null,
            });
    }

    /// <summary>The newest messages that keep to both limits, oldest first; at least one, however long.</summary>
    internal static IReadOnlyList<SessionMessage> Page(IReadOnlyList<SessionMessage> messages, int limit, int offset, long mostBytes)
    {
        var page = new List<SessionMessage>();
        long bytes = 0;
        for (var i = messages.Count - 1 - Math.Min(offset, messages.Count); i >= 0 && page.Count < limit; i--)
        {
            bytes += Size(messages[i]);
            if (bytes > mostBytes && page.Count > 0) break;
            page.Add(messages[i]);
        }
        page.Reverse();
        return page;
    }

    /// <summary>How many newer messages to leave out so that a message is in the middle of a page.</summary>
    private static int Around(IReadOnlyList<SessionMessage> messages, string id, int limit)
    {
        var message = messages.FirstOrDefault(m => m.Id == id) ?? throw GatewayException.Invalid("messageId: no such message in this session");
        return Math.Max(0, messages.Count - message.Seq - limit / 2);
    }

    /// <summary>What came after a cursor, whole or not at all: a reader that is too far behind reads a page again.</summary>
    private byte[] Delta(Session? session, string cursor)
    {
        if (session is null || ReadCursor(cursor) is not { } known || known.SessionId != session.Id) return FrameWriter.Payload(new ChatReset());
        var messages = session.Read();
        var later = messages.Where(m => m.Seq > known.LastSeq).ToList();
        if (later.Count > MostDelta || later.Sum(Size) > MostDeltaBytes || later.Any(m => m.Role == SessionMessage.Summary)) return FrameWriter.Payload(new ChatReset());
        return FrameWriter.Payload(new ChatDelta([.. later.Select(m => ToRow(session, m))], Cursor(session, messages.Count), ToRow(session)));
    }

    private byte[] GetMessage(GatewayCall call)
    {
        var (session, id) = (_context.Sessions.Find(ChatKey(call)), call.Params.Text("messageId"));
        var most = (int)(call.Params.OptionalNumber("maxChars", 1, 2_000_000) ?? 1_000_000);
        var message = session?.Read().FirstOrDefault(m => m.Id == id);
        return FrameWriter.Payload(to => to
            .Add("ok", message is not null).Add("message", message is null ? null : ToRow(session!, message, most)).Add("unavailableReason", message is null ? "not_found" : null));
    }

    // What stands around the text on the wire, roughly.
    private static long Size(SessionMessage message) => Encoding.UTF8.GetByteCount(message.Text) + 512L;

    private static string Cursor(Session? session, int last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{session?.Id}:{last}")));

    private static (string SessionId, int LastSeq)? ReadCursor(string cursor)
    {
        if (!Base64Url.IsValid(cursor)) return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(':');
        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? (parts[0], last) : null;
    }
}
