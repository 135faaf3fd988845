using Runtime.Sessions;

namespace Runtime.Messages;

/// <summary>
/// Messages that reach somebody outside of a turn's own conversation: from another conversation, or from a client that sends. The channel
/// there is is webchat, whose target is a session: what is delivered stands in it as the assistant's, and whoever follows it hears of it.
/// Safe for several threads.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class MessageDelivery(TimeProvider time)
{
    /// <summary>The channel of whoever follows a session in a client.</summary>
    public const string WebChat = "webchat";

    /// <summary>Hears of every message, once it is on the disk; of one that is sent again it hears once.</summary>
    public event Action<Session, SessionMessage>? Delivered;

    /// <summary>The session that a target of webchat names: with the channel before it, or without.</summary>
    public static string Target(string to) => to.StartsWith(WebChat + ":", StringComparison.Ordinal) ? to[(WebChat.Length + 1)..] : to;

    /// <summary>Puts a message into a session, once for a key, after a restart too. When this returns it is on the disk.</summary>
    /// <param name="session">Where.</param>
    /// <param name="text">What is said.</param>
    /// <param name="key">The sender's idempotency key.</param>
    /// <param name="isData">True where it may hold something private or written by others: the session is tainted by it.</param>
    /// <exception cref="Models.ModelException">It cannot be written.</exception>
    public SessionMessage Deliver(Session session, string text, string key, bool isData = false)
    {
        var once = $"{key}:send";
        var message = new SessionMessage(Guid.NewGuid().ToString(), 0, time.GetUtcNow().ToUnixTimeMilliseconds(), SessionMessage.Assistant, text) { IdempotencyKey = once, StopReason = "stop", IsData = isData };
        if (session.Add(message) is not { } written) return session.Read().First(m => m.IdempotencyKey == once);
        Delivered?.Invoke(session, written);
        return written;
    }
}
