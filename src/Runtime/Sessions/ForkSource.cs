namespace Runtime.Sessions;

/// <summary>Where a session that was split off came from.</summary>
/// <param name="Key">The other session.</param>
/// <param name="SessionId">Its transcript.</param>
/// <param name="MessageId">The message at which they part.</param>
public sealed record ForkSource(string Key, string SessionId, string MessageId);
