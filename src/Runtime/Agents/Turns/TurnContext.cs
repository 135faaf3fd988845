using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Generation.Scheduling;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Runtime.Context;
using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Agents.Turns;

/// <summary>What the model is told in one turn: it only grows at its end, so that what was computed of it is used again. For one turn.</summary>
internal sealed class TurnContext
{
    private const string LastStepNote = "[Answer now with what you have. No more tools can be called.]";

    // Calls in a row that may fail before somebody better is asked to go on.
    private const int MostFailures = 3;

    private readonly Func<IReadOnlyList<SessionMessage>, PromptPlan> _makePlan;
    private readonly List<SessionMessage> _transcript;
    private readonly History _history;
    private readonly HashSet<string> _told;
    private readonly bool _isBackground;
    private readonly TurnSource? _source;
    private PromptPlan _plan;
    private int _failures;

    private TurnContext(
        Func<IReadOnlyList<SessionMessage>, PromptPlan> makePlan, IReadOnlyList<SessionMessage> transcript, Turn turn, ContextTarget target, TimeZoneInfo zone, TurnSource? source)
    {
        var runId = turn.RunId;
        _source = source;
        _isBackground = turn.Origin.IsBackground;
        (_makePlan, _transcript, _plan) = (makePlan, [.. transcript], makePlan(transcript));
        _told = [.. transcript.Where(m => m.RunId == runId).Select(m => m.Id)];
        var told = HistoryWindow.Cut(transcript, runId, _plan.HistoryRoom, target.Count);
        IsCut = told.Count < transcript.Count;
        _history = new History(told, runId, zone, target);
    }

    /// <summary>The context of a turn that begins, or goes on.</summary>
    public static TurnContext Begin(Turn turn, Agent agent, TurnServices services, IChatClient client)
    {
        var target = ContextTarget.Of(client);
        var allowed = services.Tools.For(agent.Id, turn.Origin.Channel, turn.Origin.Person);
        // What is kept of a message has no secrets in it; whoever said them said them to be used.
        var transcript = turn.Session.Read().Select(m => m.IdempotencyKey == TurnRunner.InputKey(turn.RunId) ? m with { Text = turn.Text } : m).ToArray();
        var mayReach = services.Tools.ReachOf(agent.Workspace, turn.Origin.Person);
        var source = client.GetService<ModelRouter>() is { } router ? TurnOrigins.SourceOf(turn, agent, transcript, router) : null;
        return new TurnContext(lines => PromptPlan.Make(agent, allowed, lines, target, mayReach), transcript, turn, target, services.Time.LocalTimeZone, source);
    }

    /// <summary>True where the oldest turns did not fit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All of it.</summary>
    public IReadOnlyList<ChatMessage> Messages(bool isLast)
    {
        IEnumerable<ChatMessage> all = _history.Messages;
        if (_plan.System.Length > 0) all = all.Prepend(new ChatMessage(ChatRole.System, _plan.System));
        return [.. isLast ? all.Append(new ChatMessage(ChatRole.User, LastStepNote)) : all];
    }

    /// <summary>How to answer.</summary>
    public ChatOptions Options(bool isLast)
    {
        var more = new AdditionalPropertiesDictionary();
        if (_isBackground) more[ChatOptionKeys.Priority] = RunPriority.Background;
        if (_source is not null)
            more[ChatOptionKeys.Source] = TurnOrigins.WithFiles(_source, _plan.Parts) with { DeadEnd = _failures >= MostFailures ? $"its tools failed {_failures} times" : null };
        return new() { Tools = isLast || _plan.Tools.Count == 0 ? null : [.. _plan.Tools], AdditionalProperties = more.Count > 0 ? more : null };
    }

    /// <summary>Adds a line of the transcript, where it was not there at the beginning.</summary>
    public void Add(SessionMessage message)
    {
        if (!_told.Add(message.Id)) return;
        _history.Add(message);
        _transcript.Add(message);
        if (message.Role == SessionMessage.Tool) _failures = message.IsError ? _failures + 1 : 0;
        // More tools were found: the prompt's beginning changes, which is dear, and seldom.
        if (message.ToolName == ToolsTool.ToolName) _plan = _makePlan(_transcript);
    }

    /// <summary>Leaves the oldest part out. False where there is nothing left that could go.</summary>
    public bool Shrink() => IsCut = _history.Shrink();
}
