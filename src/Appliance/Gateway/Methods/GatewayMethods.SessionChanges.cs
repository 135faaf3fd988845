using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Sessions: beginning, changing, ending.
internal sealed partial class GatewayMethods
{
    private const int MostPatched = 100;

    // What a client with the write scope may set; the rest is the administrator's, and not built yet.
    private static readonly string[] Settable = ["label", "model", "category", "pinned", "archived", "unread", "thinkingLevel", "fastMode"];

    private IEnumerable<GatewayMethod> SessionChanges =>
    [
        GatewayMethod.Of("sessions.create", Scope.Write, Create),
        GatewayMethod.Of("sessions.patch", Scope.Write, Patch),
        GatewayMethod.Of("sessions.patchMany", Scope.Write, PatchMany),
        GatewayMethod.Of("sessions.reset", Scope.Admin, Reset),
        GatewayMethod.Of("sessions.delete", Scope.Admin, Delete),
        GatewayMethod.Of("sessions.fork", Scope.Write, Fork),
        GatewayMethod.Of("sessions.recover", Scope.Write, Recover),
        GatewayMethod.Of("sessions.cleanup", Scope.Admin, Cleanup),
        new GatewayMethod("sessions.compact", Scope.Admin, CompactAsync),
    ];

    private byte[] Create(GatewayCall call)
    {
        var key = ResolveKey(call.Params.OptionalText("key", SessionKey.Longest) ?? $"dashboard:{Guid.NewGuid()}", call.Params.OptionalText("agentId"));
        var model = call.Params.OptionalText("model") is { } named ? FindModel(named) : null;
        var session = _context.Sessions.GetOrCreate(key);
        session.Set(s => s with { Label = call.Params.OptionalText("label") ?? s.Label, Model = model ?? s.Model, Category = call.Params.OptionalText("category") ?? s.Category });
        if (session.Settings.Category is { } category) AddGroup(category);
        Changed(session, "create");
        var turn = call.Params.OptionalText("message", int.MaxValue) is { Length: > 0 } message
            ? _context.Turns.Start(session, call.Params.OptionalText("idempotencyKey") ?? Guid.NewGuid().ToString(), message, origin: OriginOf(call)) : null;
        return FrameWriter.Payload(new SessionCreated(true, key, session.Id, ToEntry(session), turn is not null, turn?.RunId));
    }

    private byte[] Patch(GatewayCall call)
    {
        var session = Patch(call.Principal, Key(call), call.Params, call.Params);
        var (resolved, _) = ModelOf(session);
        return FrameWriter.Payload(
            new SessionChanged(true, session.Path, session.Key, ToEntry(session), new(resolved is null ? null : Provider, resolved)));
    }

    private byte[] PatchMany(GatewayCall call)
    {
        var patch = call.Params.OptionalObject("patch") ?? throw call.Params.Fault("must have required property 'patch'");
        var targets = call.Params.OptionalObjects("targets", MostPatched) ?? throw call.Params.Fault("must have required property 'targets'");
        var outcomes = targets.Select(target =>
        {
            var key = target.Text("key", SessionKey.Longest);
            try
            {
                var session = Patch(call.Principal, ResolveKey(key, target.OptionalText("agentId")), target, patch);
                return new SessionPatched(session.Key, SessionKey.Agent(session.Key), null);
            }
            catch (GatewayException e)
            {
                return new SessionPatched(key, SessionKey.MainAgent, ErrorShape.From(e));
            }
            catch (ModelException e)
            {
                return new SessionPatched(key, SessionKey.MainAgent, ErrorShape.From(GatewayException.Unavailable(e.Message)));
            }
        });
        return FrameWriter.Payload(new SessionsPatched([.. outcomes]));
    }

    /// <summary>Changes one session. What the write scope does not cover is refused before anything is changed.</summary>
    private Session Patch(Principal principal, string key, RequestParams target, RequestParams patch)
    {
        foreach (var name in patch.AllNames())
        {
            if (name is "key" or "agentId" || name.StartsWith("expected", StringComparison.Ordinal) || Settable.Contains(name)) continue;
            principal.Require(Scope.Admin);
            throw GatewayException.Unavailable($"sessions.patch: {name} cannot be set on this gateway yet.");
        }
        if (patch.OptionalText("thinkingLevel") is not (null or "off")) throw GatewayException.Invalid("thinkingLevel: local models know 'off' only");
        if (target.OptionalText("expectedSessionId") is { } expected && _context.Sessions.Find(key)?.Id != expected) throw GatewayException.SessionChanged();
        var archive = patch.OptionalFlag("archived");
        if (archive == true && key == SessionKey.MainOf(SessionKey.Agent(key))) throw GatewayException.Invalid("the main session cannot be archived; reset it instead");
        var model = patch.OptionalText("model") is { } named ? FindModel(named) : null;
        var (label, category) = (patch.OptionalText("label"), patch.OptionalText("category"));
        if (archive == true) StopTurns(key);
        var session = _context.Sessions.GetOrCreate(key);
        session.Set(s => s with
        {
            Label = patch.Names("label") ? label : s.Label,
            Category = patch.Names("category") ? category : s.Category,
            Model = patch.Names("model") ? model : s.Model,
            Pinned = patch.OptionalFlag("pinned") ?? s.Pinned,
            Archived = archive ?? s.Archived,
            Unread = patch.OptionalFlag("unread") ?? s.Unread,
        });
        if (category is not null) AddGroup(category);
        Changed(session, "patch");
        return session;
    }

    private byte[] Reset(GatewayCall call)
    {
        var key = Key(call);
        if (call.Params.OptionalText("expectedSessionId") is { } expected && _context.Sessions.Find(key)?.Id != expected) throw GatewayException.SessionChanged();
        StopTurns(key);
        var session = _context.Sessions.Reset(key);
        Changed(session, call.Params.OptionalWord("reason", "new", "reset") ?? "reset");
        return FrameWriter.Payload(new SessionReset(true, key, ToEntry(session)));
    }

    private byte[] Delete(GatewayCall call)
    {
        var key = Key(call);
        if (key == SessionKey.MainOf(SessionKey.Agent(key))) throw GatewayException.Invalid("the main session cannot be deleted; reset it instead");
        StopTurns(key);
        var aside = _context.Sessions.Delete(key);
        _context.Canvas.Forget(key);
        if (aside is not null) Changed(key, "delete");
        return FrameWriter.Payload(new SessionDeleted(true, key, aside is not null, aside is null ? [] : [aside]));
    }

    /// <summary>A session of its own with what was said up to a message. From a person's message on, that message is for the editor.</summary>
    private byte[] Fork(GatewayCall call)
    {
        var source = _context.Sessions.Find(ChatKey(call)) ?? throw GatewayException.Invalid("session not found");
        var entry = call.Params.Text("entryId");
        var messages = source.ReadWhole();
        var at = messages.ToList().FindIndex(m => m.Id == entry);
        if (at < 0) throw GatewayException.Invalid("entryId: no such message in this session");
        var isQuestion = messages[at].Role == SessionMessage.User;
        var key = $"agent:{SessionKey.Agent(source.Key)}:dashboard:{Guid.NewGuid()}";
        var fork = _context.Sessions.Fork(key, source, [.. messages.Take(isQuestion ? at : at + 1)], entry);
        Changed(fork, "create");
        return FrameWriter.Payload(to => to.Add("sessionKey", key).Add("editorText", isQuestion ? messages[at].Text : null));
    }

    /// <summary>Asks the last question again that a power cut or a restart has left without an answer.</summary>
    private byte[] Recover(GatewayCall call)
    {
        var session = _context.Sessions.Find(Key(call)) ?? throw GatewayException.Invalid("session not found");
        var last = session.Read().LastOrDefault(m => !m.OutOfContext && m.Role != SessionMessage.Summary);
        if (last?.Role != SessionMessage.User || _context.Turns.Active.Any(t => t.Session == session))
            return FrameWriter.Payload(new SessionRecovered(session.Key, session.Id, null, ErrorShape.From(GatewayException.Invalid("every message of this session has its answer, or is about to"))));
        // With the rights of whoever said it, and for nobody with more than they have themselves.
        var origin = TurnOrigin.Of(last.Origin) with { Person = OriginOf(call).Person ?? last.Origin?.Person };
        var turn = _context.Turns.Start(session, Guid.NewGuid().ToString(), last.Text, origin: origin)!;
        return FrameWriter.Payload(new SessionRecovered(session.Key, session.Id, turn.RunId, null));
    }

    private async Task<byte[]?> CompactAsync(GatewayCall call)
    {
        var session = _context.Sessions.Find(Key(call)) ?? throw GatewayException.Invalid("session not found");
        var keep = (int)Math.Min(call.Params.OptionalNumber("maxLines", 1) ?? SessionCompactor.Kept, int.MaxValue);
        var operation = Guid.NewGuid().ToString();
        Operation(session, operation, "start");
        Compaction? done = null;
        try
        {
            done = await _compactor.CompactAsync(session, keep, call.Connection.Gone);
        }
        finally
        {
            Operation(session, operation, "end", completed: done is not null);
        }
        if (done is null) return FrameWriter.Payload(to => to.Add("ok", true).Add("key", session.Key).Add("compacted", false));
        TellMessage(session, done.Summary);
        Changed(session, "compact");
        return FrameWriter.Payload(new SessionCompacted(session.Key, done.Summary.Text, done.FirstKeptId, done.TokensBefore));
    }

    private void Operation(Session session, string id, string phase, bool? completed = null) => _context.Hub.Broadcast("session.operation", FrameWriter.Payload(to => to
        .Add("operationId", id).Add("operation", "compact").Add("phase", phase).Add("sessionKey", session.Key).Add("agentId", SessionKey.Agent(session.Key))
        .Add("completed", completed).Add("ts", _context.Now)));

    /// <summary>Transcripts of sessions that were reset or deleted a month ago; without <c>enforce</c> they are counted only.</summary>
    private byte[] Cleanup(GatewayCall call)
    {
        var sessions = RequireAgent(call.Params.OptionalText("agent")).Sessions;
        var enforce = call.Params.OptionalFlag("enforce") == true;
        var before = _context.Time.GetUtcNow().UtcDateTime.AddDays(-30);
        var old = !Directory.Exists(sessions.Folder) ? [] : Directory.EnumerateFiles(sessions.Folder, "*.jsonl.*")
            .Where(f => (f.Contains(".jsonl.reset.", StringComparison.Ordinal) || f.Contains(".jsonl.deleted.", StringComparison.Ordinal)) && File.GetLastWriteTimeUtc(f) < before).ToArray();
        if (enforce)
        {
            foreach (var file in old) File.Delete(file);
        }
        return FrameWriter.Payload(new SessionsCleaned(sessions.Folder, enforce, sessions.Count, old.Length));
    }

    private void StopTurns(string key)
    {
        foreach (var turn in _context.Turns.Active.Where(t => t.Session.Key == key)) turn.Abort();
    }

    /// <summary>A helper's session is gone because of its age.</summary>
    public void HelperGone(string key)
    {
        _context.Canvas.Forget(key);
        Changed(key, "delete");
    }

    private void Changed(Session session, string reason) => Changed(session.Key, reason, ToRow(session));

    private void Changed(string key, string reason, SessionRow? row = null) => _context.Hub.Broadcast(
        "sessions.changed", FrameWriter.Payload(new SessionsChangedEvent(key, _context.Now) { Reason = reason, Session = row }), connection => connection.Subscriptions.Sessions, session: key);

    /// <summary>Tells those who follow a session what was written into it.</summary>
    private void TellMessage(Session session, SessionMessage message) => _context.Hub.Broadcast(
        "session.message", FrameWriter.Payload(new SessionMessageEvent(session.Key, ToRow(session, message))), c => c.Subscriptions.HearsMessages(session.Key), session: session.Key);
}
