namespace Runtime.Tools.Policy;

/// <summary>
/// The one table of who may call what. Three voices count, the agent's, the channel's and the person's, and the strictest wins; what nobody
/// allowed is denied. On top: what is destructive is asked about, and so is what leaves the machine once the session has read something
/// private or written by others. Holds no state.
/// </summary>
/// <param name="agents">Rules by agent id; an agent that is not in it may call nothing.</param>
/// <param name="channels">Rules by channel; one that is not in it has <see cref="ToolProfile.Minimal"/>.</param>
/// <param name="people">The rules of now by person; where there is none of it, everybody but the owner has <see cref="ToolProfile.Minimal"/>.</param>
public sealed class ToolPolicy(
    IReadOnlyDictionary<string, ToolRules> agents,
    IReadOnlyDictionary<string, ToolRules>? channels = null,
    Func<string, ToolRules>? people = null)
{
    private static readonly ToolRules Stranger = new() { Profile = ToolProfile.Minimal };

    /// <summary>True where a tool may be called at all, asked about or not.</summary>
    public bool Allows(Tool tool, string agent, string? channel, string? person) => Standing(tool, tool.Profile, agent, channel, person).Verdict != ToolVerdict.Deny;

    /// <summary>Decides one call.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="effect">What this call does to the world.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="profile">The smallest profile that may do this call; null for the tool's own.</param>
    public ToolDecision Decide(Tool tool, ToolEffect effect, ToolContext context, ToolProfile? profile = null)
    {
        var standing = Standing(tool, profile ?? tool.Profile, context.Agent, context.Channel, context.Person);
        if (standing.Verdict != ToolVerdict.Allow) return standing;
        if (effect == ToolEffect.Destructive) return new(ToolVerdict.Ask, $"{tool.Name} may do what cannot be undone; a person must say yes.");
        if (effect == ToolEffect.Outward && context.IsTainted)
            return new(ToolVerdict.Ask, $"this conversation has read private or foreign data, and {tool.Name} reaches out; a person must say yes.");
        return standing;
    }

    private ToolDecision Standing(Tool tool, ToolProfile profile, string agent, string? channel, string? person)
    {
        var strictest = Voice(agents.GetValueOrDefault(agent) ?? ToolRules.Nothing, $"agent {agent}");
        if (channel is not null) strictest = Stricter(strictest, Voice(channels?.GetValueOrDefault(channel) ?? Stranger, $"channel {channel}"));
        if (person is not null) strictest = Stricter(strictest, Voice(people?.Invoke(person) ?? Stranger, $"{person}"));
        return strictest;

        ToolDecision Voice(ToolRules rules, string whose) => rules.Of(tool, profile) switch
        {
            ToolVerdict.Deny => new(ToolVerdict.Deny, $"{tool.Name} is not allowed for {whose}{(profile > tool.Profile ? $"; this takes the profile {profile.ToString().ToLowerInvariant()}" : "")}."),
            ToolVerdict.Ask => new(ToolVerdict.Ask, $"{tool.Name} is asked about for {whose}."),
            _ => new(ToolVerdict.Allow, $"{tool.Name} is allowed."),
        };
    }

    private static ToolDecision Stricter(ToolDecision a, ToolDecision b) => b.Verdict > a.Verdict ? b : a;
}
