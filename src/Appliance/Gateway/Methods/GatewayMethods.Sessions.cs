using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Sessions: listing, following, changing.
internal sealed partial class GatewayMethods
{
    private const int MostListed = 1000;

    // What a client with the write scope may set; the rest is the administrator's, and not built yet.
    private static readonly string[] Settable = ["label", "model", "category", "pinned", "archived", "unread", "thinkingLevel", "fastMode"];

    private IEnumerable<GatewayMethod> Sessions =>
    [
        GatewayMethod.Of("sessions.list", Scope.Read, call => FrameWriter.Payload(ListSessions(call.Params))),
        GatewayMethod.Of("sessions.subscribe", Scope.Read, Subscribe),
        GatewayMethod.Of("sessions.messages.subscribe", Scope.Read, call => SubscribeMessages(call, true)),
        GatewayMethod.Of("sessions.messages.unsubscribe", Scope.Read, call => SubscribeMessages(call, false)),
        GatewayMethod.Of("sessions.describe", Scope.Read, call => FrameWriter.Payload(
            new SessionDescribed(_context.Sessions.Find(Key(call)) is { } session ? ToRow(session) : null))),
        GatewayMethod.Of("sessions.preview", Scope.Read, Preview),
        GatewayMethod.Of("sessions.resolve", Scope.Read, Resolve) with { IsAdvertised = false },
        GatewayMethod.Of("sessions.get", Scope.Read, call => FrameWriter.Payload(
            new SessionMessages(_context.Sessions.Find(Key(call)) is { } session ? [.. session.Read().Select(m => ToRow(session, m))] : []))) with { IsAdvertised = false },
        GatewayMethod.Of("sessions.create", Scope.Write, Create),
        GatewayMethod.Of("sessions.patch", Scope.Write, Patch),
        GatewayMethod.Of("sessions.reset", Scope.Admin, Reset),
        GatewayMethod.Of("sessions.delete", Scope.Admin, Delete),
        new GatewayMethod("sessions.send", Scope.Write, call => SendAsync(call, Key(call))) { KnowsRepeats = true },
        GatewayMethod.Of("sessions.abort", Scope.Write, call => Abort(call, call.Params.OptionalText("key", SessionKey.Longest))),
    ];

    private SessionList ListSessions(RequestParams query)
    {
        var limit = (int)(query.OptionalNumber("limit", 1) is { } asked ? Math.Min(asked, MostListed) : 100);
        var offset = (int)Math.Min(query.OptionalNumber("offset") ?? 0, int.MaxValue);
        var (search, label, agent) = (query.OptionalText("search"), query.OptionalText("label"), query.OptionalText("agentId"));
        var since = query.OptionalNumber("activeMinutes", 1) is { } minutes ? _context.Now - minutes * 60_000 : 0;
        var archived = query.Any("archived").ValueKind == global::System.Text.Json.JsonValueKind.String ? (bool?)null : query.OptionalFlag("archived") ?? false;
        var found = _context.Sessions.List()
            .Where(s => agent is null || SessionKey.Agent(s.Key) == agent)
            .Where(s => s.UpdatedAt >= since && (archived is null || s.Settings.Archived == archived))
            .Where(s => label is null || s.Settings.Label == label)
            .Where(s => query.OptionalFlag("pinned") is not { } pinned || s.Settings.Pinned == pinned)
            .Where(s => search is null || Contains(s.Key) || Contains(s.Settings.Label) || Contains(s.Title))
            .ToList();
        var page = found.Skip(offset).Take(limit).Select(ToRow).ToList();
        var next = offset + page.Count < found.Count ? offset + page.Count : (int?)null;
        return new SessionList(_context.Now, _context.Sessions.Folder, page.Count, found.Count, ModelDefaults(), page) { LimitApplied = limit, NextOffset = next, HasMore = next is not null };

        bool Contains(string? text) => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;
    }

    private byte[] Subscribe(GatewayCall call)
    {
        call.Connection.Subscriptions.Sessions = true;
        var wantsList = call.Params.AllNames().Any();
        return FrameWriter.Payload(new SessionsSubscribed(true, wantsList ? ListSessions(call.Params) : null));
    }

    private static byte[] SubscribeMessages(GatewayCall call, bool subscribe)
    {
        var key = Key(call);
        if (!subscribe) call.Connection.Subscriptions.Remove(key);
        else if (!call.Connection.Subscriptions.Add(key)) throw GatewayException.Invalid("too many subscriptions");
        return FrameWriter.Payload(new MessagesSubscribed(subscribe, key));
    }

    private byte[] Preview(GatewayCall call)
    {
        var keys = call.Params.OptionalTexts("keys") ?? throw call.Params.Fault("must have required property 'keys'");
        var limit = (int)(call.Params.OptionalNumber("limit", 1) ?? 12);
        var most = (int)(call.Params.OptionalNumber("maxChars", 20, 10_000) ?? 240);
        var previews = keys.Select(key =>
        {
            if (_context.Sessions.Find(SessionKey.Normalize(key)) is not { } session) return new SessionPreview(key, "missing", []);
            var items = session.Read().TakeLast(limit).Select(m => new PreviewItem(m.Role, m.Text.Length > most ? m.Text[..most] : m.Text)).ToArray();
            return new SessionPreview(key, items.Length > 0 ? "ok" : "empty", items);
        });
        return FrameWriter.Payload(new SessionPreviews(_context.Now, [.. previews]));
    }

    private byte[] Resolve(GatewayCall call)
    {
        var (key, id, label) = (call.Params.OptionalText("key", SessionKey.Longest), call.Params.OptionalText("sessionId"), call.Params.OptionalText("label"));
        var found = key is not null ? _context.Sessions.Find(SessionKey.Normalize(key))
            : _context.Sessions.List().FirstOrDefault(s => (id is not null && s.Id == id) || (label is not null && s.Settings.Label == label));
        if (found is null && call.Params.OptionalFlag("allowMissing") != true) throw GatewayException.Invalid($"No session found: {key ?? id ?? label}");
        return FrameWriter.Payload(new SessionResolved(found is not null, found?.Key, found is null ? null : SessionKey.Agent(found.Key)));
    }

    private byte[] Create(GatewayCall call)
    {
        var key = ResolveKey(call.Params.OptionalText("key", SessionKey.Longest) ?? $"dashboard:{Guid.NewGuid()}", call.Params.OptionalText("agentId"));
        var model = call.Params.OptionalText("model") is { } named ? FindModel(named) : null;
        var session = _context.Sessions.GetOrCreate(key);
        session.Set(s => s with { Label = call.Params.OptionalText("label") ?? s.Label, Model = model ?? s.Model, Category = call.Params.OptionalText("category") ?? s.Category });
        Changed(session, "create");
        var turn = call.Params.OptionalText("message", int.MaxValue) is { Length: > 0 } message
            ? _context.Turns.Start(session, call.Params.OptionalText("idempotencyKey") ?? Guid.NewGuid().ToString(), message) : null;
        return FrameWriter.Payload(new SessionCreated(true, key, session.Id, ToEntry(session), turn is not null, turn?.RunId));
    }

    private byte[] Patch(GatewayCall call)
    {
        var key = Key(call);
        foreach (var name in call.Params.AllNames())
        {
            if (name is "key" or "agentId" || name.StartsWith("expected", StringComparison.Ordinal) || Settable.Contains(name)) continue;
            call.Principal.Require(Scope.Admin);
            throw GatewayException.Unavailable($"sessions.patch: {name} cannot be set on this gateway yet.");
        }
        if (call.Params.OptionalText("thinkingLevel") is not (null or "off")) throw GatewayException.Invalid("thinkingLevel: local models know 'off' only");
        if (call.Params.OptionalText("expectedSessionId") is { } expected && _context.Sessions.Find(key)?.Id != expected) throw GatewayException.Invalid("session changed");
        var model = call.Params.OptionalText("model") is { } named ? FindModel(named) : null;
        var session = _context.Sessions.GetOrCreate(key);
        session.Set(s => s with
        {
            Label = call.Params.Names("label") ? call.Params.OptionalText("label") : s.Label,
            Category = call.Params.Names("category") ? call.Params.OptionalText("category") : s.Category,
            Model = call.Params.Names("model") ? model : s.Model,
            Pinned = call.Params.OptionalFlag("pinned") ?? s.Pinned,
            Archived = call.Params.OptionalFlag("archived") ?? s.Archived,
            Unread = call.Params.OptionalFlag("unread") ?? s.Unread,
        });
        Changed(session, "patch");
        var (resolved, _) = ModelOf(session);
        return FrameWriter.Payload(
            new SessionChanged(true, session.Path, key, ToEntry(session), new(resolved is null ? null : Provider, resolved)));
    }

    private byte[] Reset(GatewayCall call)
    {
        var key = Key(call);
        if (call.Params.OptionalText("expectedSessionId") is { } expected && _context.Sessions.Find(key)?.Id != expected) throw GatewayException.Invalid("session changed");
        StopTurns(key);
        var session = _context.Sessions.Reset(key);
        Changed(session, call.Params.OptionalWord("reason", "new", "reset") ?? "reset");
        return FrameWriter.Payload(new SessionReset(true, key, ToEntry(session)));
    }

    private byte[] Delete(GatewayCall call)
    {
        var key = Key(call);
        if (key == SessionKey.Main) throw GatewayException.Invalid("the main session cannot be deleted; reset it instead");
        StopTurns(key);
        var aside = _context.Sessions.Delete(key);
        if (aside is not null) _context.Hub.Broadcast("sessions.changed", FrameWriter.Payload(
            new SessionsChangedEvent(key, _context.Now) { Reason = "delete" }), c => c.Subscriptions.Sessions);
        return FrameWriter.Payload(new SessionDeleted(true, key, aside is not null, aside is null ? [] : [aside]));
    }

    private void StopTurns(string key)
    {
        foreach (var turn in _context.Turns.Active.Where(t => t.Session.Key == key)) turn.Abort();
    }

    private void Changed(Session session, string reason) => _context.Hub.Broadcast(
        "sessions.changed",
        FrameWriter.Payload(new SessionsChangedEvent(session.Key, _context.Now) { Reason = reason, Session = ToRow(session) }),
        connection => connection.Subscriptions.Sessions);

    private static string Key(GatewayCall call) => ResolveKey(call.Params.Text("key", SessionKey.Longest), call.Params.OptionalText("agentId"));

    /// <summary>The full key of what a client named.</summary>
    /// <exception cref="GatewayException">It belongs to an agent there is not.</exception>
    private static string ResolveKey(string key, string? agent)
    {
        var full = SessionKey.Normalize(key);
        if (full.Split(':').Length < 3 || full.EndsWith(':')) throw GatewayException.Invalid($"invalid session key: {key}");
        RequireAgent(SessionKey.Agent(full));
        RequireAgent(agent);
        return full;
    }

    private static void RequireAgent(string? agent)
    {
        if (agent is null or SessionKey.MainAgent) return;
        throw new GatewayException(ErrorCode.InvalidRequest, $"unknown agent id: {agent}") { Details = new(DetailCode.UnknownAgentId) { AgentId = agent } };
    }

    internal SessionRow ToRow(Session session)
    {
        var (model, context) = ModelOf(session);
        var active = _context.Turns.Active.Where(t => t.Session == session).Select(t => t.RunId).ToArray();
        var main = session.Key == SessionKey.Main;
        return new SessionRow(session.Key, session.Id, session.UpdatedAt)
        {
            Classification = main ? "main" : "custom",
            IsMain = main,
            Label = session.Settings.Label,
            DisplayName = session.Settings.Label ?? session.Title ?? session.Key,
            DerivedTitle = session.Title,
            LastMessagePreview = session.LastPreview,
            Category = session.Settings.Category,
            CreatedAt = session.CreatedAt,
            SnapshotAt = _context.Now,
            Archived = session.Settings.Archived,
            Pinned = session.Settings.Pinned,
            Unread = session.Settings.Unread,
            ModelProvider = model is null ? null : Provider,
            Model = model,
            InputTokens = session.Tokens.Input,
            OutputTokens = session.Tokens.Output,
            TotalTokens = session.LastTurnTokens,
            ContextTokens = context,
            Status = active.Length > 0 ? "running" : session.LastStopReason switch { null => null, "aborted" => "killed", "error" => "failed", _ => "done" },
            AbortedLastRun = session.LastStopReason == "aborted",
            HasActiveRun = active.Length > 0,
            ActiveRunIds = active,
        };
    }

    private static SessionEntry ToEntry(Session session) => new(
        session.Id, session.UpdatedAt, session.CreatedAt, session.Settings.Label, session.Settings.Model, session.Settings.Category,
        OnlyIf(session.Settings.Pinned), OnlyIf(session.Settings.Archived), OnlyIf(session.Settings.Unread));

    private static bool? OnlyIf(bool flag) => flag ? true : null;

    internal static ChatRow ToRow(Session session, SessionMessage message) => new(message.Role == SessionMessage.Tool ? "toolResult" : message.Role, Content(message), message.Ts)
    {
        ToolCallId = message.ToolCallId,
        ToolName = message.ToolName,
        IsError = message.Role == SessionMessage.Tool ? message.IsError : null,
        IdempotencyKey = message.IdempotencyKey,
        Provider = message.Role == SessionMessage.Assistant ? Provider : null,
        Model = message.Model,
        Usage = message.Role == SessionMessage.Assistant ? new(message.InputTokens, message.OutputTokens, message.InputTokens + message.OutputTokens) : null,
        StopReason = message.StopReason,
        Origin = new(message.Id, message.Seq, message.Ts, message.RunId, message.IdempotencyKey, new(session.Id, message.Seq)),
    };

    private static IReadOnlyList<IPayload> Content(SessionMessage message)
    {
        var calls = message.ToolCalls.Select(call => new ToolCallBlock(call.Id, call.Name, global::System.Text.Json.JsonElement.Parse(call.Arguments)));
        return message.Text.Length > 0 || message.ToolCalls.Count == 0 ? [new TextBlock(message.Text), .. calls] : [.. calls];
    }
}
