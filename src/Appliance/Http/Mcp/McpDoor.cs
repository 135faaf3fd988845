using System.Collections.Concurrent;
using Appliance.Gateway.Identity;

namespace Appliance.Http.Mcp;

/// <summary>
/// <c>/mcp</c>: the Model Context Protocol's Streamable HTTP transport (revision 2025-11-25, "Transports"), with sessions and bounds
/// (docs/adr/0010). Safe for several threads.
/// </summary>
/// <param name="describe">What a new session offers to whoever has begun it.</param>
/// <param name="time">The clock.</param>
/// <param name="onBug">Hears of faults that are no request's.</param>
internal sealed class McpDoor(Func<HttpContext, IMcpServer> describe, TimeProvider time, Action<Exception> onBug)
{
    /// <summary>Most sessions at once: beyond that the one unused longest is ended.</summary>
    public const int MostSessions = 128;

    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    private readonly ConcurrentDictionary<string, McpSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>A message from a client: a request is answered by a stream of events that ends with its response, all else by 202.</summary>
    public async Task PostAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        RequireAccept(context.Request, "application/json", JsonAnswer.EventStream);
        var message = await JsonBody.ReadAsync(context, McpJson.Wire.McpMessage, cancellation);
        message.Require();
        var session = context.Request.Headers.ContainsKey(SessionHeader) ? Find(context) : Begin(context, message);
        using var use = session.Use(time.GetUtcNow());
        if (session.Take(message) is { } answer) await WriteAsync(context, session, answer, 0, cancellation);
        else context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>A stream of what the server has to say by itself, or the rest of one that was cut off (<c>Last-Event-ID</c>).</summary>
    public async Task GetAsync(HttpContext context, CancellationToken cancellation)
    {
        RequireAccept(context.Request, JsonAnswer.EventStream);
        var session = Find(context);
        using var use = session.Use(time.GetUtcNow());
        var (stream, seen) = (session.Unasked, 0L);
        if (context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } last])
        {
            (stream, seen) = session.Find(last) ?? throw new ApiException(StatusCodes.Status404NotFound, "The stream of that event is not kept any more.", null, "not_found");
        }
        await WriteAsync(context, session, stream, seen, cancellation);
    }

    /// <summary>Ends a session.</summary>
    public Task DeleteAsync(HttpContext context)
    {
        var session = Find(context);
        if (_sessions.TryRemove(session.Id, out _)) session.Dispose();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, McpSession session, McpStream stream, long seen, CancellationToken cancellation)
    {
        context.Response.Headers[SessionHeader] = session.Id;
        await JsonAnswer.BeginStreamAsync(context, JsonAnswer.EventStream);
        await foreach (var frame in stream.ReadAsync(seen, cancellation)) await context.Response.Body.WriteAsync(frame, cancellation);
    }

    private static void RequireAccept(HttpRequest request, params ReadOnlySpan<string> types)
    {
        var accepted = request.Headers.Accept.ToString();
        foreach (var type in types)
        {
            if (accepted.Contains(type, StringComparison.OrdinalIgnoreCase) || accepted.Contains("*/*", StringComparison.Ordinal)) continue;
            throw new ApiException(StatusCodes.Status406NotAcceptable, $"The client must accept {string.Join(" and ", types.ToArray())}.");
        }
        if (request.Headers[VersionHeader] is [{ } version] && !McpSession.Versions.Contains(version, StringComparer.Ordinal))
            throw ApiException.BadRequest($"This server speaks the revisions {string.Join(", ", McpSession.Versions)} of MCP, not {version}.");
    }

    private static string Owner(HttpContext context) => context.Features.Get<Principal>()?.Caller ?? "";

    private McpSession Find(HttpContext context)
    {
        var id = context.Request.Headers[SessionHeader].ToString();
        if (id.Length == 0) throw ApiException.BadRequest($"The header {SessionHeader} is missing.");
        // Of somebody else's session nothing is told, not even that it is there.
        return _sessions.TryGetValue(id, out var session) && session.Owner == Owner(context) ? session
            : throw new ApiException(StatusCodes.Status404NotFound, "There is no such session. Begin a new one.", null, "not_found");
    }

    private McpSession Begin(HttpContext context, McpMessage message)
    {
        if (message is not { IsRequest: true, Method: "initialize" }) throw ApiException.BadRequest($"The header {SessionHeader} is missing; a session begins with initialize.");
        while (_sessions.Count >= MostSessions)
        {
            var idle = _sessions.Values.Where(s => s.IsIdle).MinBy(s => s.LastUsed)
                ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "As many sessions as there may be are in use. Try again later.", null, "overloaded");
            if (_sessions.TryRemove(idle.Id, out _)) idle.Dispose();
        }
        var session = new McpSession(Owner(context), describe(context), time.GetUtcNow(), onBug);
        _sessions[session.Id] = session;
        return session;
    }
}
