using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

/// <summary>
/// What happens in turns, told to clients in the protocol's events and order. Pieces of an answer are put together for a moment: every
/// event carries the whole text so far, as the protocol has it, and a token at a time that would be quadratic. Safe for several threads.
/// </summary>
internal sealed class TurnBroadcast(ConnectionHub hub, GatewayMethods methods, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);
    private readonly ConcurrentDictionary<string, Run> _runs = new();

    /// <summary>Tells one thing.</summary>
    public void Tell(TurnEvent happened)
    {
        var turn = happened.Turn;
        var run = _runs.GetOrAdd(turn.RunId, _ => new Run());
        switch (happened)
        {
            case TurnAccepted accepted:
                Changed(turn, reason: "send");
                Message(turn, accepted.Message);
                break;
            case TurnStarted:
                Chat(turn, run, seq => new ChatEvent(turn.RunId, turn.Session.Key, seq, "status") { Phase = "starting_model" });
                Agent(turn, run, "lifecycle", new AgentEventData { Phase = "start", StartedAt = turn.StartedAt });
                Changed(turn, phase: "start");
                Task(turn);
                break;
            case TurnDelta delta:
                run.Unsent.Append(delta.Text);
                if (time.GetElapsedTime(run.LastSent) >= Pause) SendUnsent(turn, run);
                break;
            case TurnReasoning reasoning:
                run.Thought.Append(reasoning.Text);
                Agent(turn, run, "thinking", new AgentEventData { Text = run.Thought.ToString(), Delta = reasoning.Text });
                break;
            case TurnCalled called:
                SendUnsent(turn, run);
                run.Thought.Clear();
                Message(turn, called.Message);
                break;
            case TurnToolStarted { Call: var call }:
                run.ToolStartedAt = Now;
                Item(turn, run, call, "start", "running");
                Tool(turn, run, new AgentEventData { Phase = "start", Name = call.Name, ToolCallId = call.Id, Args = JsonElement.Parse(call.Arguments) });
                break;
            case TurnToolProgress { Call: var call, Text: var text }:
                Item(turn, run, call, "update", "running");
                Tool(turn, run, new AgentEventData { Phase = "update", Name = call.Name, ToolCallId = call.Id, PartialResult = new ToolContent([new TextBlock(text)]) });
                break;
            case TurnToolEnded { Call: var call, Result: var result } toolEnded:
                Tool(turn, run, new AgentEventData { Phase = "result", Name = call.Name, ToolCallId = call.Id, IsError = result.IsError, Result = new ToolContent([new TextBlock(result.Text)]) });
                Item(turn, run, call, "end", result.IsRefused ? "blocked" : result.IsError ? "failed" : "completed");
                Message(turn, toolEnded.Message);
                break;
            case TurnEnded ended:
                SendUnsent(turn, run);
                End(turn, run, ended.Result);
                Task(turn, ended.Result);
                methods.Lately.Note($"turn.{GatewayMethods.StatusOf(ended.Result)}", turn.StartedAt > 0 ? ended.Result.EndedAt - turn.StartedAt : null);
                _runs.TryRemove(turn.RunId, out _);
                break;
        }
    }

    /// <summary>Tells that a turn waits for a person's answer (transcript 50).</summary>
    public void TellWaiting(Turn turn, Approval approval)
    {
        if (_runs.TryGetValue(turn.RunId, out var run)) Agent(turn, run, "lifecycle", new AgentEventData { Phase = "waiting-approval", ApprovalId = approval.Id, ToolCallId = approval.Request.Call });
    }

    private void SendUnsent(Turn turn, Run run)
    {
        if (run.Unsent.Length == 0) return;
        var delta = run.Unsent.ToString();
        run.Unsent.Clear();
        run.LastSent = time.GetTimestamp();
        Agent(turn, run, "assistant", new AgentEventData { Text = turn.Answer, Delta = delta, ItemId = $"{turn.RunId}:{turn.Step}" });
        // An answer after tools takes the place of what was said before them.
        var replaces = run.Step != turn.Step && run.Step > 0;
        run.Step = turn.Step;
        Chat(turn, run, seq => new ChatEvent(turn.RunId, turn.Session.Key, seq, "delta") { DeltaText = delta, Replace = replaces ? true : null, Message = Said(turn.Answer) });
    }

    private void Task(Turn turn, TurnResult? result = null) =>
        hub.Broadcast("task", FrameWriter.Payload(to => to.Add("action", "upserted").Add("task", GatewayMethods.ToTask(turn, result))));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // What a person sees of a tool; what goes into it and comes out of it, only those hear who asked to.
    private void Item(Turn turn, Run run, SessionToolCall call, string phase, string status) => Agent(turn, run, "item", new AgentEventData
    {
        ItemId = $"tool:{call.Id}",
        ToolCallId = call.Id,
        Name = call.Name,
        Kind = "tool",
        Phase = phase,
        Title = call.Name,
        Status = status,
        StartedAt = phase == "update" ? null : run.ToolStartedAt,
        EndedAt = phase == "end" ? Now : null,
    });

    private void Tool(Turn turn, Run run, AgentEventData data) => Agent(turn, run, "tool", data, connection => connection.Client?.Caps.Contains("tool-events") == true);

    private void End(Turn turn, Run run, TurnResult result)
    {
        if (result.Answer is { } answer)
        {
            Agent(turn, run, "usage", new AgentEventData { OutputTokens = answer.OutputTokens });
            Message(turn, answer);
        }
        var reason = result.Status switch { TurnStatus.Aborted => "rpc", TurnStatus.Failed => "error", _ => result.Answer?.StopReason ?? "stop" };
        Agent(turn, run, "lifecycle", new AgentEventData
        {
            Phase = result.Status == TurnStatus.Failed ? "error" : "end",
            StartedAt = turn.StartedAt,
            EndedAt = result.EndedAt,
            Aborted = result.Status == TurnStatus.Aborted,
            StopReason = reason,
            Error = result.Error,
            TerminalReply = result is { Status: TurnStatus.Ok, Answer: { } said } ? new TerminalReply("visible", said.Text) : null,
        });
        Chat(turn, run, seq => result.Status switch
        {
            TurnStatus.Ok => new ChatEvent(turn.RunId, turn.Session.Key, seq, "final") { StopReason = reason, Message = result.AnsweredBy is null ? Said(result.Answer?.Text ?? "") : null },
            TurnStatus.Aborted => new ChatEvent(turn.RunId, turn.Session.Key, seq, "aborted") { StopReason = reason, Message = result.Answer is { } part ? Said(part.Text) : null },
            _ => new ChatEvent(turn.RunId, turn.Session.Key, seq, "error")
            {
                StopReason = reason,
                ErrorMessage = result.Error,
                ErrorKind = result.IsContextExceeded ? "context_length" : "unknown",
            },
        });
        Changed(turn, phase: "end");
        Changed(turn, reason: "agent.input.settled");
    }

    private ChatRow Said(string text) => new("assistant", [new TextBlock(text)], time.GetUtcNow().ToUnixTimeMilliseconds());

    private void Chat(Turn turn, Run run, Func<int, ChatEvent> make) => hub.Broadcast(
        "chat", FrameWriter.Payload(make(++run.Seq)), session: turn.Session.Key);

    private void Agent(Turn turn, Run run, string stream, AgentEventData data, Func<GatewayConnection, bool>? also = null) => hub.Broadcast(
        "agent", FrameWriter.Payload(new AgentEvent(turn.RunId, ++run.Seq, stream, Now, data, turn.Session.Key, turn.Session.Id)), also, session: turn.Session.Key);

    private void Message(Turn turn, SessionMessage message) => hub.Broadcast(
        "session.message",
        FrameWriter.Payload(new SessionMessageEvent(turn.Session.Key, GatewayMethods.ToRow(turn.Session, message))),
        connection => connection.Subscriptions.HearsMessages(turn.Session.Key), session: turn.Session.Key);

    private void Changed(Turn turn, string? reason = null, string? phase = null) => hub.Broadcast(
        "sessions.changed",
        FrameWriter.Payload(
            new SessionsChangedEvent(turn.Session.Key, time.GetUtcNow().ToUnixTimeMilliseconds())
            {
                Reason = reason,
                Phase = phase,
                RunId = phase is null ? null : turn.RunId,
                Session = methods.ToRow(turn.Session),
            }),
        connection => connection.Subscriptions.Sessions, session: turn.Session.Key);

    private sealed class Run
    {
        public int Seq { get; set; }
        public int Step { get; set; }
        public long ToolStartedAt { get; set; }
        public StringBuilder Thought { get; } = new();
        public long LastSent { get; set; }
        public StringBuilder Unsent { get; } = new();
    }
}
