using Runtime.Agents;
using Runtime.Agents.Routing;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Sessions;

/// <summary>
/// Lets another agent go on with this conversation, with its own persona, workspace, model, tools and rights, until it gives it back. It is
/// told all that was said. The other may be allowed more than this one, so that it counts as reaching out: where private or foreign data was
/// read, a person is asked first.
/// </summary>
/// <param name="agents">The agents of the box.</param>
internal sealed class HandOverTool(AgentBook agents) : Tool(
    "handover", "Let another agent go on with this conversation.",
    """{"type":"object","properties":{"agent":{"type":"string"}},"required":["agent"]}""")
{
    public override ToolEffect Effect => ToolEffect.Outward;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var name = arguments.Text("agent");
        // Which agents another person may use is in their role, which a conversation's setting would pass by.
        if (context.Person is not null) throw new ToolException("Only the owner's conversations can be handed over.");
        if (context.Depth > 0) throw new ToolException("A helper's work cannot be handed over. Report what you found.");
        var others = agents.All.Where(agent => agent.Id != context.Agent && agent.Settings.Activation != Activation.Scheduled).ToList();
        var to = others.FirstOrDefault(agent => agent.Id == name)
            ?? throw new ToolException(others.Count == 0 ? "There is no other agent that talks with people." : $"There is no agent {name} to hand over to. There are: {string.Join(", ", others.Select(agent => agent.Id))}.");
        var session = agents.Of(context.SessionKey)?.Sessions.Find(context.SessionKey) ?? throw new ToolException("This conversation is gone.");
        session.Set(settings => settings with { HandedTo = to.Id == SessionKey.Agent(context.SessionKey) ? null : to.Id });
        return Task.FromResult(new ToolResult($"{to.Id} answers from the next message on. Tell the person so in one sentence."));
    }
}
