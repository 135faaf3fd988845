using Runtime.Agents;

namespace Appliance.Http.Agents;

/// <summary>Who is spoken to, where, and for whom.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Key">The full key of the session.</param>
/// <param name="Person">The person who asks; null for the owner.</param>
internal sealed record AgentVisit(Agent Agent, string Key, string? Person);
