using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// What is being worked on, and whether it is a good moment to stop.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Tasks =>
    [
        GatewayMethod.Of("tasks.list", Scope.Read, ListTasks),
        GatewayMethod.Of("tasks.get", Scope.Read, call => FrameWriter.Payload(to => to.Add(
            "task", _context.Turns.Find(call.Params.Text("taskId")) is { } turn ? ToTask(turn) : throw GatewayException.Invalid("unknown taskId")))),
        GatewayMethod.Of("tasks.cancel", Scope.Write, CancelTask),
        GatewayMethod.Of("gateway.restart.preflight", Scope.Read, _ => Preflight()),
    ];

    private byte[] ListTasks(GatewayCall call)
    {
        var wanted = call.Params.Any("status") is { ValueKind: JsonValueKind.String } one ? [one.GetString()!] : call.Params.OptionalTexts("status");
        var key = call.Params.OptionalText("sessionKey", SessionKey.Longest) is { } named ? ResolveKey(named, call.Params.OptionalText("agentId")) : null;
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 500) ?? 100);
        var tasks = _context.Turns.Active.Where(t => key is null || t.Session.Key == key).Select(t => ToTask(t)).Where(t => wanted is null || wanted.Contains(t.Status)).Take(limit).ToArray();
        return FrameWriter.Payload(to => to.Add("tasks", tasks));
    }

    private byte[] CancelTask(GatewayCall call)
    {
        var turn = _context.Turns.Find(call.Params.Text("taskId"));
        var cancelled = turn is { IsOver: false };
        if (cancelled) turn!.Abort();
        return FrameWriter.Payload(to => to
            .Add("found", turn is not null).Add("cancelled", cancelled).Add("reason", cancelled ? null : turn is null ? "not found" : "already over").Add("task", turn is null ? null : ToTask(turn)));
    }

    private byte[] Preflight()
    {
        var active = _context.Turns.Active;
        var running = active.Count(t => t.StartedAt > 0);
        var waiting = active.Count - running;
        var blockers = active.Count == 0 ? [] : new[] { new RestartBlocker("task", active.Count, $"{active.Count} answers are being made or wait") };
        return FrameWriter.Payload(to => to
            .Add("safe", active.Count == 0).Add("counts", new RestartCounts(waiting, running)).Add("blockers", blockers)
            .Add("summary", active.Count == 0 ? "safe to restart now" : $"restart deferred: {blockers[0].Message}"));
    }

    internal static TaskRow ToTask(Turn turn, TurnResult? ended = null)
    {
        var result = ended ?? (turn.Result.IsCompleted ? turn.Result.Result : null);
        var status = result is not null ? StatusOf(result) : turn.StartedAt > 0 ? "running" : "queued";
        return new TaskRow(turn.RunId, status, Cut(turn.Text.ReplaceLineEndings(" "), 160), turn.Session.Key, turn.AcceptedAt, turn.StartedAt > 0 ? turn.StartedAt : null, result?.EndedAt);
    }

    internal static string StatusOf(TurnResult result) => result.Status switch { TurnStatus.Ok => "completed", TurnStatus.Aborted => "cancelled", _ => "failed" };
}
