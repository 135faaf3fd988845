using System.Text.Json;

namespace Appliance.Http.Mcp;

/// <summary>A request while it is answered, and what can be said to its client meanwhile. Safe for several threads.</summary>
internal sealed class McpCall(McpSession session, McpStream stream, McpMessage message)
{
    /// <summary>What is asked for.</summary>
    public string Method => message.Method!;

    /// <summary>A member of the parameters, or null.</summary>
    public JsonElement? Parameter(string name) => message.Parameter(name);

    /// <summary>Tells the client something.</summary>
    public void Notify(string method, JsonElement parameters) => stream.Add(McpFrames.Ask(null, method, parameters));

    /// <summary>Asks the client something, and waits for its answer.</summary>
    /// <exception cref="McpFault">The client refused.</exception>
    public Task<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellation) => session.AskAsync(stream, method, parameters, cancellation);

    /// <summary>Closes the connection that waits for the answer; the client asks for it again after that time (SEP-1699).</summary>
    public void LetGo(TimeSpan retry)
    {
        stream.Add(null, retry);
        stream.Release();
    }
}
