using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Sessions: listing, finding, following.
internal sealed partial class GatewayMethods
{
    private const int MostListed = 1000;

    private IEnumerable<GatewayMethod> Sessions =>
    [
        GatewayMethod.Of("sessions.list", Scope.Read, call => FrameWriter.Payload(ListSessions(call))),
        GatewayMethod.Of("sessions.subscribe", Scope.Read, Subscribe),
        GatewayMethod.Of("sessions.messages.subscribe", Scope.Read, call => SubscribeMessages(call, true)),
        GatewayMethod.Of("sessions.messages.unsubscribe", Scope.Read, call => SubscribeMessages(call, false)),
        GatewayMethod.Of("sessions.viewers.set", Scope.Read, call => FrameWriter.Payload(to => to.Add("sessionKeys", call.Params.OptionalTexts("sessionKeys") ?? []))),
        GatewayMethod.Of("sessions.describe", Scope.Read, call => FrameWriter.Payload(
            new SessionDescribed(_context.Sessions.Find(Key(call)) is { } session ? ToRow(session) : null))),
        GatewayMethod.Of("sessions.preview", Scope.Read, Preview),
        GatewayMethod.Of("sessions.search", Scope.Read, Search),
        GatewayMethod.Of("sessions.resolve", Scope.Read, Resolve) with { IsAdvertised = false },
        GatewayMethod.Of("sessions.get", Scope.Read, call => FrameWriter.Payload(
            new SessionMessages(_context.Sessions.Find(Key(call)) is { } session ? [.. session.Read().Select(m => ToRow(session, m))] : []))) with { IsAdvertised = false },
    ];

    private SessionList ListSessions(GatewayCall call)
    {
        var query = call.Params;
        var limit = (int)(query.OptionalNumber("limit", 1) is { } asked ? Math.Min(asked, MostListed) : 100);
        var offset = (int)Math.Min(query.OptionalNumber("offset") ?? 0, int.MaxValue);
        var found = Matching(query).Where(s => MaySee(call.Principal, s.Key)).ToList();
        var page = found.Skip(offset).Take(limit).Select(ToRow).ToList();
        var next = offset + page.Count < found.Count ? offset + page.Count : (int?)null;
        return new SessionList(_context.Now, _context.Sessions.Folder, page.Count, found.Count, ModelDefaults(), page) { LimitApplied = limit, NextOffset = next, HasMore = next is not null };
    }

    /// <summary>The sessions a query lets pass, the one written to last first; without an order of their own, pinned ones before all.</summary>
    private IEnumerable<Session> Matching(RequestParams query)
    {
        var (search, label, agent, group) = (query.OptionalText("search"), query.OptionalText("label"), query.OptionalText("agentId"), query.OptionalText("group"));
        var since = query.OptionalNumber("activeMinutes", 1) is { } minutes ? _context.Now - minutes * 60_000 : 0;
        var archived = query.Any("archived").ValueKind == JsonValueKind.String ? (bool?)null : query.OptionalFlag("archived") ?? false;
        var pinned = query.OptionalFlag("pinned");
        var found = _context.Sessions.List()
            .Where(s => agent is null || SessionKey.Agent(s.Key) == agent)
            .Where(s => s.UpdatedAt >= since && (archived is null || s.Settings.Archived == archived))
            .Where(s => label is null || s.Settings.Label == label)
            .Where(s => group is null || s.Settings.Category == group)
            .Where(s => pinned is null || s.Settings.Pinned == pinned)
            .Where(s => search is null || Contains(s.Key) || Contains(s.Settings.Label) || Contains(s.Title));
        return query.OptionalText("sortBy") is null or "updatedAt" ? found.OrderByDescending(s => s.Settings.Pinned) : found;

        bool Contains(string? text) => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;
    }

    private byte[] Subscribe(GatewayCall call)
    {
        call.Connection.Subscriptions.Sessions = true;
        var wantsList = call.Params.AllNames().Any();
        return FrameWriter.Payload(new SessionsSubscribed(true, wantsList ? ListSessions(call) : null));
    }

    private byte[] SubscribeMessages(GatewayCall call, bool subscribe)
    {
        var key = Key(call);
        if (!subscribe) call.Connection.Subscriptions.Remove(key);
        else if (!call.Connection.Subscriptions.Add(key)) throw GatewayException.Invalid("too many subscriptions");
        return FrameWriter.Payload(new MessagesSubscribed(subscribe, key));
    }

    private byte[] Preview(GatewayCall call)
    {
        var keys = call.Params.OptionalTexts("keys") ?? throw call.Params.Fault("must have required property 'keys'");
        var limit = (int)(call.Params.OptionalNumber("limit", 1, MostListed) ?? 12);
        var most = (int)(call.Params.OptionalNumber("maxChars", 20, 10_000) ?? 240);
        var previews = keys.Select(key =>
        {
            if (_context.Sessions.Find(SessionKey.Normalize(key)) is not { } session) return new SessionPreview(key, "missing", []);
            var items = session.Read().Where(m => m.Role != SessionMessage.Summary).TakeLast(limit).Select(m => new PreviewItem(m.Role, Cut(m.Text, most))).ToArray();
            return new SessionPreview(key, items.Length > 0 ? "ok" : "empty", items);
        });
        return FrameWriter.Payload(new SessionPreviews(_context.Now, [.. previews]));
    }

    private byte[] Search(GatewayCall call)
    {
        var query = call.Params.Text("query", 4096);
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 25) ?? 10);
        var keys = call.Params.OptionalTexts("sessionKeys", 200)?.Select(SessionKey.Normalize).ToHashSet(StringComparer.Ordinal);
        RequireAgent(call.Params.OptionalText("agentId"));
        var scope = call.Params.OptionalObject("scope") ?? default;
        var found = SessionSearch.Find(Matching(scope).Where(s => keys is null || keys.Contains(s.Key)), query, limit);
        return FrameWriter.Payload(new SessionsFound(
            [.. found.Hits.Select(h => new SessionFound(h.Session.Key, h.Session.Id, h.Message.Id, h.Message.Role, h.Message.Ts, h.Snippet, h.Score))], found.IsCutShort));
    }

    private byte[] Resolve(GatewayCall call)
    {
        var (id, label, shortId) = (call.Params.OptionalText("sessionId"), call.Params.OptionalText("label"), call.Params.OptionalText("shortId"));
        var key = call.Params.OptionalText("key", SessionKey.Longest) ?? call.Params.OptionalObject("reference")?.OptionalText("key", SessionKey.Longest);
        var found = key is not null ? _context.Sessions.Find(SessionKey.Normalize(key))
            : _context.Sessions.List().FirstOrDefault(s => (id is not null && s.Id == id) || (label is not null && s.Settings.Label == label)
                || (shortId is { Length: >= 4 } && s.Id.StartsWith(shortId, StringComparison.Ordinal)));
        if (found is null && call.Params.OptionalFlag("allowMissing") != true) throw GatewayException.Invalid($"No session found: {key ?? id ?? label ?? shortId}");
        return FrameWriter.Payload(new SessionResolved(found is not null, found?.Key, found is null ? null : SessionKey.Agent(found.Key)));
    }

    private string Key(GatewayCall call) => ResolveKey(call.Params.Text("key", SessionKey.Longest), call.Params.OptionalText("agentId"));

    /// <summary>The full key of what a client named.</summary>
    /// <exception cref="GatewayException">It is none, or belongs to an agent there is not.</exception>
    private string ResolveKey(string key, string? agent)
    {
        var full = SessionKey.Normalize(key, RequireAgent(agent).Id);
        if (!SessionKey.IsValid(full)) throw GatewayException.Invalid($"invalid session key: {Cut(key, 80)}");
        var owner = RequireAgent(SessionKey.Agent(full)).Id;
        return agent is null || agent == owner ? full : throw GatewayException.Invalid($"session key {Cut(key, 80)} belongs to agent {owner}, not to {agent}");
    }

    /// <summary>At most so many characters, and not half of one.</summary>
    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
