namespace Runtime.Agents.Routing;

/// <summary>
/// The one rule of who answers what comes in: the narrowest binding that fits, of several as narrow the first; else the box's first agent.
/// Immutable.
/// </summary>
/// <param name="bindings">What the owner set, in order.</param>
/// <param name="agents">The agents, the first of them for all the rest.</param>
public sealed class AgentRouter(IReadOnlyList<AgentBinding> bindings, IReadOnlyList<AgentSettings> agents)
{
    /// <summary>Who gets it, and whether that one answers.</summary>
    public (string Agent, bool Answers) Route(Arrival arrival)
    {
        var binding = bindings.Where(b => b.Fits(arrival) && agents.Any(a => a.Id == b.Agent)).MaxBy(b => b.Narrowness);
        var agent = agents.FirstOrDefault(a => a.Id == binding?.Agent) ?? agents[0];
        return (agent.Id, Answers(binding?.Activation ?? agent.Activation, arrival));
    }

    /// <summary>True where an agent of that activation answers it.</summary>
    public static bool Answers(Activation activation, Arrival arrival) => activation switch
    {
        // What no person said needs nobody's attention.
        _ when arrival.IsScheduled => true,
        Activation.Always => true,
        Activation.Mention => !arrival.IsGroup || arrival.IsMentioned,
        Activation.Direct => !arrival.IsGroup,
        _ => false,
    };
}
