namespace Appliance.Gateway.Connections;

/// <summary>What a client wants to hear about sessions. Safe for several threads.</summary>
internal sealed class Subscriptions
{
    private const int MostKeys = 256;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    /// <summary>True once it asked for the list of sessions to be kept current; then it hears the messages of all of them too.</summary>
    public bool Sessions { get; set; }

    /// <summary>True where it hears the messages of a session.</summary>
    public bool HearsMessages(string sessionKey)
    {
        lock (_lock) return Sessions || _messages.Contains(sessionKey);
    }

    /// <summary>Asks for the messages of a session. False where it asks for too many.</summary>
    public bool Add(string sessionKey)
    {
        lock (_lock) return _messages.Count < MostKeys && (_messages.Add(sessionKey) || true);
    }

    /// <summary>Asks no longer.</summary>
    public void Remove(string sessionKey)
    {
        lock (_lock) _messages.Remove(sessionKey);
    }
}
