using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Talking in a session.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Chat =>
    [
        new GatewayMethod("chat.send", Scope.Write, call => SendAsync(call, ChatKey(call), call.Params.Text("idempotencyKey", 256))) { KnowsRepeats = true },
        new GatewayMethod("sessions.send", Scope.Write, call => SendAsync(call, Key(call), RunId(call))) { KnowsRepeats = true },
        new GatewayMethod("sessions.steer", Scope.Write, call => SendAsync(call, Key(call), RunId(call), interrupt: true)) { KnowsRepeats = true, IsAdvertised = false },
        GatewayMethod.Of("chat.metadata", Scope.Read, _ => FrameWriter.Payload(Metadata())),
        GatewayMethod.Of("chat.abort", Scope.Write, call => Abort(call, call.Params.Text("sessionKey", SessionKey.Longest))),
        GatewayMethod.Of("sessions.abort", Scope.Write, call => Abort(call, call.Params.OptionalText("key", SessionKey.Longest))),
        GatewayMethod.Of("chat.inject", Scope.Admin, Inject) with { IsAdvertised = false },
    ];

    /// <summary>Begins a turn. The answer comes when the message is on the disk, and before the events of the turn.</summary>
    private async Task<byte[]?> SendAsync(GatewayCall call, string key, string runId, bool interrupt = false)
    {
        var text = call.Params.LongText("message");
        if (call.Params.Any("attachments") is { ValueKind: JsonValueKind.Array } attachments && attachments.GetArrayLength() > 0)
            throw GatewayException.Unavailable("The models on this gateway read text only; send the message without attachments.");
        if (text.Trim().Length == 0) throw call.Params.Fault("message or attachment required");
        RequireUnchanged(call, _context.Sessions.Find(key));
        if (call.Params.OptionalFlag("suppressCommandInterpretation") != true && SlashCommand.Find(text) is { } command)
        {
            var ran = await RunCommandAsync(call, key, runId, text, command, () => call.Respond(Started("started")));
            return ran is null ? Started("ok") : null;
        }
        var mode = interrupt ? QueueMode.Interrupt : call.Params.OptionalWord("queueMode", "steer", "followup", "collect", "interrupt") switch
        {
            "steer" => QueueMode.Steer,
            "collect" => QueueMode.Collect,
            "interrupt" => QueueMode.Interrupt,
            _ => QueueMode.Followup,
        };
        var session = _context.Sessions.GetOrCreate(key);
        var answered = false;
        var turn = _context.Turns.Start(session, runId, text, () =>
        {
            answered = true;
            call.Respond(Started("started"));
        }, OriginOf(call) with { Mode = mode });
        return answered ? null : Started(turn is { IsOver: false } ? "in_flight" : "ok");

        byte[] Started(string status) => FrameWriter.Payload(new ChatStarted(runId, status));
    }

    /// <summary>What the sender has before its eyes is this session, as it says it is.</summary>
    private static void RequireUnchanged(GatewayCall call, Session? session)
    {
        if (session is null) return;
        if (call.Params.OptionalText("sessionId") is { } expected && expected != session.Id) throw GatewayException.SessionChanged();
        if (call.Params.OptionalText("expectedLeafEntryId") is { } leaf && leaf != session.LeafId && session.Read().All(m => m.Id != leaf))
            throw new GatewayException(ErrorCode.InvalidRequest, "the transcript has been changed") { Details = new("ACTIVE_LEAF_CHANGED") { Reason = "active-leaf-changed" } };
    }

    private ChatMetadata Metadata() => new(ListModels(null).Models, Commands());

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
        TellMessage(session, message);
        return FrameWriter.Payload(new ChatInjected(true, message.Id));
    }

    private string ChatKey(GatewayCall call) => ResolveKey(call.Params.Text("sessionKey", SessionKey.Longest), call.Params.OptionalText("agentId"));

    private static string RunId(GatewayCall call) => call.Params.OptionalText("idempotencyKey", 256) ?? Guid.NewGuid().ToString();
}
