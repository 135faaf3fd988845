using System.Globalization;
using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Http.Agents;
using Microsoft.AspNetCore.Http.Features;
using Models;
using Runtime.Agents.Routing;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Http.Hooks;

/// <summary>
/// POST /hooks/wake and /hooks/agent: programs elsewhere begin turns. They have a secret of their own, which opens nothing else; without
/// one there are no hooks. What they send is data from outside and reaches the model as such. Safe for several threads.
/// </summary>
internal sealed class HookDoor
{
    // Or hooks.token in appliance.json.
    private const string Variable = "APPLIANCE_HOOKS_TOKEN";

    private const long LargestBody = 256 * 1024;

    // Where hooks keep to themselves: a hook does not speak in a person's conversation, except to wake the agent.
    private const string SessionPrefix = "hook:";

    // The policy knows hooks as a channel: what is not opened to them by name they cannot make the agent do.
    private static readonly TurnOrigin Origin = new() { Channel = "hook" };

    private readonly AgentDoor _agents;
    private readonly AttemptLimiter _limiter;
    private readonly string? _hash;

    /// <summary>The hooks of a gateway.</summary>
    /// <exception cref="ModelException">The secret is too short, or opens the gateway too.</exception>
    public HookDoor(Lazy<GatewayHost> gateway, ServerOptions options)
    {
        (_agents, _limiter) = (new AgentDoor(gateway), new AttemptLimiter(options.Time));
        if (string.IsNullOrEmpty(options.HooksToken)) return;
        if (options.HooksToken.Length < Secret.Shortest)
            throw new ModelException($"The hooks' token is too short to be a secret: it needs at least {Secret.Shortest} characters. `openssl rand -hex 32` makes one for {Variable}.");
        if (options.HooksToken == options.Token)
            throw new ModelException($"The hooks' token is the gateway's own, so whoever calls a hook could do everything. Give {Variable} another one: `openssl rand -hex 32`.");
        _hash = Secret.Hash(options.HooksToken);
    }

    /// <summary>Tells the agent of something, in its main session.</summary>
    public async Task WakeAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, HookJson.Wire.WakeRequest, cancellation);
        if (string.IsNullOrWhiteSpace(request.Text)) throw ApiException.BadRequest("text is required.", "text");
        if (request.Mode is not (null or "now" or "next-heartbeat")) throw ApiException.BadRequest("mode must be now or next-heartbeat.", "mode");
        var agent = _agents.Find(Speaks(null));
        if (request.Mode == "next-heartbeat")
        {
            _agents.Context.Cron.Book.Notes.Leave(agent.Id, HookMessage.Wrap(null, request.Text), _agents.Context.Now);
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new WakeAnswer("next-heartbeat", "queued"), HookJson.Wire.WakeAnswer);
            return;
        }
        AgentChat.Start(_agents.Context.Turns, agent.Sessions.GetOrCreate(SessionKey.MainOf(agent.Id)), AgentDoor.RunId(context, "wake", request.IdempotencyKey), HookMessage.Wrap(null, request.Text), Origin);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new WakeAnswer("now", "queued"), HookJson.Wire.WakeAnswer);
    }

    /// <summary>Begins a turn in a session of the hook's own.</summary>
    public async Task AgentAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, HookJson.Wire.HookAgentRequest, cancellation);
        if (string.IsNullOrWhiteSpace(request.Message)) throw ApiException.BadRequest("message is required.", "message");
        if (request.Deliver == true) throw ApiException.NotSupported("deliver", "There are no channels on this gateway yet to deliver the answer to; leave deliver out.");
        // Which agent a hook speaks with is the owner's to say, not the hook's.
        var agent = _agents.Find(Speaks(HookMessage.Name(request.Name)));
        if (request.AgentId is { Length: > 0 } asked && asked != agent.Id) throw new ApiException(StatusCodes.Status403Forbidden, $"This hook speaks with the agent {agent.Id} only; the section bindings can say otherwise.", "agentId", "not_allowed");
        var key = AgentDoor.KeyOf(agent, request.SessionKey ?? SessionPrefix + HookMessage.Name(request.Name));
        if (!key.StartsWith($"agent:{agent.Id}:{SessionPrefix}", StringComparison.Ordinal))
            throw new ApiException(StatusCodes.Status403Forbidden, $"Sessions of hooks begin with {SessionPrefix}.", "sessionKey", "not_allowed");
        var runId = AgentDoor.RunId(context, "hook", request.IdempotencyKey);
        var turn = AgentChat.Start(_agents.Context.Turns, agent.Sessions.GetOrCreate(key), runId, HookMessage.Wrap(request.Name, request.Message), Origin);
        if (request.WaitForCompletion == true)
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, AgentAnswer.Of(key, runId, await turn.Result.WaitAsync(cancellation)), AgentJson.Wire.AgentAnswer);
        else
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new HookStarted(runId), HookJson.Wire.HookStarted);
    }

    private string Speaks(string? hook) => _agents.Context.AgentFor(new Arrival { Channel = Origin.Channel, Hook = hook, IsScheduled = true });

    private async Task<T> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        Check(context);
        JsonBody.RequireJsonContentType(context.Request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestBody;
        return await JsonBody.ReadAsync(context, type, cancellation);
    }

    // Before anything is read. A secret in the URL is refused with every other query: nothing there has a meaning.
    private void Check(HttpContext context)
    {
        if (_hash is null) throw new ApiException(StatusCodes.Status404NotFound, $"Hooks are shut: {Variable} is not set.", null, "hooks_off");
        var address = context.Connection.RemoteIpAddress;
        if (_limiter.LockedFor(address) is { } before) throw Locked(before);
        if (context.Request.QueryString.HasValue) throw ApiException.BadRequest("A hook's URL has no query; everything goes into the body.");
        if (Secret.Matches(AccessGuard.Bearer(context.Request) ?? context.Request.Headers["x-openclaw-token"].ToString(), _hash)) return;
        if (_limiter.Failed(address) is { } meanwhile) throw Locked(meanwhile);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(StatusCodes.Status401Unauthorized, "A hook needs the hooks' token: Authorization: Bearer TOKEN.", null, "invalid_api_key");

        ApiException Locked(TimeSpan wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return new ApiException(StatusCodes.Status429TooManyRequests, "Too many wrong tokens came from your address. Try again later.", null, "rate_limit_exceeded");
        }
    }
}
