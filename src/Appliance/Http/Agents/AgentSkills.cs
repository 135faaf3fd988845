namespace Appliance.Http.Agents;

/// <summary>GET /api/v1/skills: the skills of the agent.</summary>
internal sealed class AgentSkills(AgentDoor door)
{
    /// <summary>All of them, those that it cannot use too.</summary>
    public Task ListAsync(HttpContext context)
    {
        var agent = door.Find(context.Request.Query["agentId"]);
        var skills = agent.Skills.List([.. door.Context.Tools.For(agent.Id, null, null).Select(tool => tool.Name)])
            .Select(s => new SkillEntry(s.Name, s.Manifest?.Description ?? "", s.Source.ToString().ToLowerInvariant(), s.IsEligible, s.WhyNot));
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new SkillList([.. skills]), AgentJson.Wire.SkillList);
    }
}
