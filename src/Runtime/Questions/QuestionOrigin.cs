namespace Runtime.Questions;

/// <summary>Who asks.</summary>
/// <param name="Agent">The agent, or null.</param>
/// <param name="Session">Full key of the session, or null.</param>
/// <param name="Run">The turn, or null.</param>
public sealed record QuestionOrigin(string? Agent, string? Session, string? Run);
