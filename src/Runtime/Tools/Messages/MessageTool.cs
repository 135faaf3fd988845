using Runtime.Agents;
using Runtime.Messages;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Messages;

/// <summary>
/// Sends a message to somebody in another conversation of the agent, without waiting for an answer. For the owner it reaches every
/// conversation of the agent, for anybody else their own ones. It reaches a person, so that it is asked about once private or foreign data
/// was read, and the other conversation is tainted by it then.
/// </summary>
/// <param name="agents">The agents of the box.</param>
/// <param name="messages">The way of messages.</param>
public sealed class MessageTool(AgentBook agents, MessageDelivery messages) : Tool(
    "message", "Send a message to a person or conversation; no answer comes.",
    """{"type":"object","properties":{"to":{"type":"string","description":"conversation or person"},"text":{"type":"string"}},"required":["text"]}""")
{
    private const int Longest = 8_000;

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var text = arguments.Text("text");
        if (text.Length > Longest) throw new ToolException($"A message has up to {Longest} characters; this one has {text.Length}. Write a file, and send where it is.");
        var session = Find(arguments.OptionalText("to"), context);
        if (session.Key == context.SessionKey) throw new ToolException("That is this conversation: what you answer is read here.");
        messages.Deliver(session, SecretText.Redact(text), $"{context.RunId}:{context.CallId}", context.IsTainted);
        return Task.FromResult(new ToolResult($"Sent to {session.Key}."));
    }

    // Whoever may not reach a conversation hears the same as where there is none.
    private Session Find(string? to, ToolContext context)
    {
        var target = to is null || to == context.Person ? "main" : MessageDelivery.Target(to);
        var sessions = agents.Find(context.Agent)?.Sessions ?? throw new ToolException($"There is no agent {context.Agent}.");
        string[] keys = target == "main"
            ? [SessionKey.MainOf(context.Agent, context.Person)]
            : [SessionKey.Normalize(target, context.Agent), SessionKey.MainOf(context.Agent, target)];
        var found = keys.Where(key => SessionKey.Agent(key) == context.Agent && (context.Person is null || SessionKey.Person(key) == context.Person)).Select(sessions.Find).FirstOrDefault(s => s is not null);
        return found ?? throw new ToolException($"There is no conversation or channel {target}. sessions_list names the conversations.");
    }
}
