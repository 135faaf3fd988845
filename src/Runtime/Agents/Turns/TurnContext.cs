using Microsoft.Extensions.AI;
using Runtime.Context;
using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>What the model is told in one turn: it only grows at its end, so that what was computed of it is used again. For one turn.</summary>
internal sealed class TurnContext
{
    private const string LastStepNote = "[Answer now with what you have. No more tools can be called.]";

    private readonly IReadOnlyList<AITool> _tools;
    private readonly List<ChatMessage> _messages;
    private readonly HashSet<string> _told;

    private TurnContext(IReadOnlyList<AITool> tools, IReadOnlyList<SessionMessage> transcript, string runId) =>
        (_tools, _messages, _told) = (tools, [.. History.Of(transcript, runId)], [.. transcript.Where(m => m.RunId == runId).Select(m => m.Id)]);

    /// <summary>The context of a turn that begins, or goes on.</summary>
    public static TurnContext Begin(Turn turn, Agent agent, TurnServices services, IChatClient client) =>
        new([.. services.Tools.For(agent.Id, turn.Origin.Channel, turn.Origin.Person)], turn.Session.Read(), turn.RunId);

    /// <summary>All of it.</summary>
    public IReadOnlyList<ChatMessage> Messages(bool isLast) => isLast ? [.. _messages, new ChatMessage(ChatRole.User, LastStepNote)] : _messages;

    /// <summary>How to answer.</summary>
    public ChatOptions Options(bool isLast) => new() { Tools = isLast || _tools.Count == 0 ? null : [.. _tools] };

    /// <summary>Adds a line of the transcript, where it was not there at the beginning.</summary>
    public void Add(SessionMessage message)
    {
        if (_told.Add(message.Id)) History.Add(_messages, message);
    }

    /// <summary>Leaves the oldest part out. False where there is nothing left that could go.</summary>
    public bool Shrink()
    {
        var own = _messages.FindLastIndex(m => m.Role == ChatRole.User);
        var earlier = History.Newer(_messages[..own]);
        if (own == 0) return false;
        _messages.RemoveRange(0, own);
        _messages.InsertRange(0, earlier);
        return true;
    }
}
