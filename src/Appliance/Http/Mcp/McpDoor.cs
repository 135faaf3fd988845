using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Appliance.Gateway.Identity;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Appliance.Http.Mcp;

/// <summary>
/// <c>/mcp</c>: the Model Context Protocol's Streamable HTTP transport (revision 2025-11-25), with sessions. The protocol itself is the
/// SDK's; here are its HTTP side and the bounds. Safe for several threads.
/// </summary>
/// <param name="describe">What the server of a new session offers to whoever has begun it.</param>
/// <param name="time">The clock.</param>
internal sealed class McpDoor(Func<HttpContext, McpServerOptions> describe, TimeProvider time)
{
    /// <summary>Most sessions at once: beyond that the one unused longest is ended.</summary>
    public const int MostSessions = 128;

    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    // Revisions that have this transport.
    private static readonly string[] Versions = ["2025-03-26", "2025-06-18", "2025-11-25"];

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType = (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly ConcurrentDictionary<string, McpSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>A message from a client: a request is answered by a stream of events that ends with its response, all else by 202.</summary>
    public async Task PostAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        RequireAccept(context.Request, "application/json", JsonAnswer.EventStream);
        var message = await JsonBody.ReadAsync(context, MessageType, cancellation);
        var session = context.Request.Headers.ContainsKey(SessionHeader) ? Find(context) : Begin(context, message);
        using var use = session.Use(time.GetUtcNow());
        BeginEvents(context, session);
        if (await session.Transport.HandlePostRequestAsync(message, context.Response.Body, cancellation)) return;
        context.Response.ContentType = null;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>A stream of what the server has to say by itself, or the rest of one that was cut off (<c>Last-Event-ID</c>).</summary>
    public async Task GetAsync(HttpContext context, CancellationToken cancellation)
    {
        RequireAccept(context.Request, JsonAnswer.EventStream);
        var session = Find(context);
        using var use = session.Use(time.GetUtcNow());
        ISseEventStreamReader? rest = null;
        if (context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } last])
        {
            rest = await session.Events.GetStreamReaderAsync(last, cancellation)
                ?? throw new ApiException(StatusCodes.Status404NotFound, "The stream of that event is not kept any more.", null, "not_found");
        }
        BeginEvents(context, session);
        await context.Response.StartAsync(cancellation);
        if (rest is null) await session.Transport.HandleGetRequestAsync(context.Response.Body, cancellation);
        else await McpEvents.WriteAsync(context.Response.BodyWriter, rest, cancellation);
    }

    /// <summary>Ends a session.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var session = Find(context);
        if (_sessions.TryRemove(session.Id, out _)) await session.DisposeAsync();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static void BeginEvents(HttpContext context, McpSession session)
    {
        context.Response.ContentType = JsonAnswer.EventStream;
        context.Response.Headers.CacheControl = "no-cache,no-store";
        context.Response.Headers[SessionHeader] = session.Id;
    }

    private static void RequireAccept(HttpRequest request, params ReadOnlySpan<string> types)
    {
        var accepted = request.Headers.Accept.ToString();
        foreach (var type in types)
        {
            if (accepted.Contains(type, StringComparison.OrdinalIgnoreCase) || accepted.Contains("*/*", StringComparison.Ordinal)) continue;
            throw new ApiException(StatusCodes.Status406NotAcceptable, $"The client must accept {string.Join(" and ", types.ToArray())}.");
        }
        if (request.Headers[VersionHeader] is [{ } version] && !Versions.Contains(version, StringComparer.Ordinal))
            throw ApiException.BadRequest($"This server speaks the revisions {string.Join(", ", Versions)} of MCP, not {version}.");
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

    private McpSession Begin(HttpContext context, JsonRpcMessage message)
    {
        if (message is not JsonRpcRequest { Method: RequestMethods.Initialize }) throw ApiException.BadRequest($"The header {SessionHeader} is missing; a session begins with {RequestMethods.Initialize}.");
        while (_sessions.Count >= MostSessions)
        {
            var idle = _sessions.Values.Where(s => s.IsIdle).MinBy(s => s.LastUsed)
                ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "As many sessions as there may be are in use. Try again later.", null, "overloaded");
            if (_sessions.TryRemove(idle.Id, out _)) _ = idle.DisposeAsync().AsTask();
        }
        var session = new McpSession(Owner(context), describe(context), time.GetUtcNow());
        _sessions[session.Id] = session;
        return session;
    }
}
