using System.Text.Json;

namespace Runtime.Mcp.Transports;

/// <summary>Carries the messages of one session with a server. Safe for several threads. Disposing ends the session.</summary>
internal interface IMcpTransport : IAsyncDisposable
{
    /// <summary>Why it ended, for a person, once it has. Never fails.</summary>
    Task<string> Ended { get; }

    /// <summary>Begins: nothing is read or sent before, so that nothing a server says at once is missed. Called once.</summary>
    /// <param name="received">Hears of every message, in order where the server orders them. Must be quick.</param>
    void Begin(Action<JsonElement> received);

    /// <summary>Sends a message.</summary>
    /// <param name="message">JSON in UTF-8.</param>
    /// <param name="id">Its id, where it is a request. This may return before the answer has come, and throws where none will.</param>
    /// <param name="cancellation">Gives up on the answer.</param>
    /// <exception cref="McpException">It cannot be sent, or is not answered.</exception>
    Task SendAsync(byte[] message, long? id, CancellationToken cancellation);

    /// <summary>Listens to what the server says by itself, where that takes more than what is there.</summary>
    void Listen();

    /// <summary>Hears which revision of the protocol was agreed on; what is sent from now on says so.</summary>
    void Agreed(string version);
}
