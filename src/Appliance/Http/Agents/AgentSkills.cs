namespace Appliance.Http.Agents;

/// <summary>GET /api/v1/skills: the skills of the agent.</summary>
internal static class AgentSkills
{
    /// <summary>All of them; there are none on this box yet.</summary>
    public static Task ListAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new SkillList([]), AgentJson.Wire.SkillList);
}
