using Microsoft.Extensions.AI;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Runtime.Context;
using Runtime.Sessions;

namespace Runtime.Agents.Turns;

/// <summary>What a router is told of where a turn comes from. Pure.</summary>
internal static class TurnOrigins
{
    // What its owner and the agent write about people, rooms and habits.
    private static readonly string[] PersonalFiles = ["USER.md", "MEMORY.md", "TOOLS.md"];

    /// <summary>Where a turn comes from, and what its conversation held at any time: what was put into a summary since, or no longer fits, as well.</summary>
    public static TurnSource SourceOf(Turn turn, Agent agent, IReadOnlyList<SessionMessage> transcript, ModelRouter router)
    {
        var source = new TurnSource
        {
            Agent = agent.Id,
            Person = turn.Origin.Person,
            Channel = turn.Origin.Channel,
            Run = turn.RunId,
            Conversation = turn.Session.Key,
            TryHarder = TurnSource.AsksForMore(turn.Text),
        };
        return source with { Taint = router.Classifier.Classify([.. transcript.Select(ToMessage)], null, source).Data };
    }

    /// <summary>The same with what the agent's files make of it.</summary>
    public static TurnSource WithFiles(TurnSource source, IReadOnlyList<ContextPart> parts) =>
        parts.Any(part => PersonalFiles.Contains(part.Name)) ? source with { Taint = source.Taint | DataClass.Personal } : source;

    private static ChatMessage ToMessage(SessionMessage line)
    {
        if (line.Role != SessionMessage.Tool)
        {
            var calls = line.ToolCalls.Select(AIContent (call) => new TextContent($"{call.Name} {call.Arguments}"));
            return new ChatMessage(line.Role == SessionMessage.User ? ChatRole.User : ChatRole.Assistant, [new TextContent(line.Text), .. calls]);
        }
        var id = line.ToolCallId ?? "";
        return new ChatMessage(ChatRole.Tool, line.ToolName is { } name
            ? [new FunctionCallContent(id, name, new Dictionary<string, object?>()), new FunctionResultContent(id, line.Text)]
            : [new FunctionResultContent(id, line.Text)]);
    }
}
