using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Appliance.Gateway;
using Appliance.Hosting;
using Appliance.Http.Anthropic;
using Appliance.Http.Mcp;
using Appliance.Http.Metrics;
using Appliance.Http.Ollama;
using Appliance.Http.OpenAi;
using Microsoft.AspNetCore.Http.Features;
using Models;
using Models.Generation;

namespace Appliance.Http;

/// <summary>
/// Every HTTP request comes in here: guard, route, handler, and errors in the wire form the path belongs to. Safe for several threads.
/// </summary>
internal sealed class HttpApi
{
    private readonly AccessGuard _guard;
    private readonly Lazy<GatewayHost> _gateway;
    private readonly Admission _admission;
    private readonly CancellationToken _stopping;
    private readonly Action<Exception> _onBug;
    private readonly RequestCounters _requests = new();
    private readonly RouteTable _routes;

    /// <summary>The API over a set of models.</summary>
    /// <param name="models">Where models come from.</param>
    /// <param name="gateway">Where WebSockets go.</param>
    /// <param name="options">Limits, and the model for requests that name none.</param>
    /// <param name="guard">Who may come in.</param>
    /// <param name="onBug">Hears of every fault that is not a request's own.</param>
    /// <param name="stopping">Ends what is in flight when the server stops.</param>
    public HttpApi(
        IModelHost models, Lazy<GatewayHost> gateway, ServerOptions options, AccessGuard guard, Action<Exception> onBug, CancellationToken stopping)
    {
        (_guard, _gateway, _stopping, _onBug) = (guard, gateway, stopping, onBug);
        _admission = new Admission(options.MaxRequests, options.MaxBodyBytesInFlight);
        _routes = new RouteTable(models, gateway, _requests, options, onBug);
    }

    /// <summary>How the box is.</summary>
    public Health Health => _routes.Health;

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        string? path = null;
        long began = 0;
        try
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            RequireOneLength(context);
            await _guard.IdentifyAsync(context);
            if (context.Request.Path == "/" && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true)
            {
                // The token comes in the first frame; here only web pages from elsewhere are refused.
                _guard.CheckPage(context.Request);
                await _gateway.Value.AcceptAsync(context);
                return;
            }
            (path, began) = (_routes.PathOf(context.Request), Stopwatch.GetTimestamp());
            _requests.Begin();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
            var access = _routes.AccessOf(path);
            if (access is RouteAccess.OwnSecret or RouteAccess.Everybody) _guard.CheckPage(context.Request);
            var principal = access is RouteAccess.OwnSecret or RouteAccess.Ticket or RouteAccess.Everybody ? null : _guard.Check(context.Request, access);
            var route = _routes.Find(path, context.Request);
            if (principal is not null) _guard.Require(principal, context.Request, path!, route.Needs);
            context.Features.Set(principal);
            using var admitted = route.HasBody ? _admission.Enter(context.Request.ContentLength ?? 0) : null;
            context.Features.Set(admitted);
            await route.Handler(context, ending.Token);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await WriteErrorAsync(context, new ApiException(StatusCodes.Status503ServiceUnavailable, "The server is shutting down.", null, "shutting_down"));
        }
        catch (Exception e)
        {
            await WriteErrorAsync(context, e);
        }
        finally
        {
            // A connection of the gateway protocol is no request of this one.
            if (began != 0) _requests.End(path ?? "other", context.Response.StatusCode, began);
        }
    }

    /// <summary>
    /// Refuses a body that is said to end in two places (RFC 9112, section 6.3), which a proxy in front may read the other way. The server
    /// goes by the chunks then, and keeps the length under this name.
    /// </summary>
    private static void RequireOneLength(HttpContext context)
    {
        if (!context.Request.Headers.ContainsKey("X-Content-Length")) return;
        context.Response.Headers.Connection = "close";
        throw ApiException.BadRequest("A request has either a Content-Length or a Transfer-Encoding.");
    }

    private async Task WriteErrorAsync(HttpContext context, Exception fault)
    {
        var error = ApiError.From(fault);
        if (error.Status == StatusCodes.Status500InternalServerError && fault is not ModelException) _onBug(fault);
        if (error.Status == StatusCodes.Status503ServiceUnavailable && !context.Response.HasStarted)
            context.Response.Headers.RetryAfter = (error.RetryAfter ?? 1).ToString(CultureInfo.InvariantCulture);
        if (context.Features.Get<StreamFault>() is { } fitting) await fitting.TellAsync(error);
        else if (AnthropicErrors.IsExpected(context.Request)) await AnthropicErrors.WriteAsync(context, error);
        else if (context.Request.Path.StartsWithSegments("/api", out var below) && !below.StartsWithSegments("/v1")) await WriteAsync(new OllamaError(error.Message), OllamaJson.Wire.OllamaError);
        else if (context.Request.Path == "/mcp") await WriteAsync(McpError.Of(error), McpJson.Wire.McpError);
        else await WriteAsync(new ApiErrorBody(error), OpenAiJson.Wire.ApiErrorBody);

        Task WriteAsync<T>(T body, JsonTypeInfo<T> type) => context.Response.HasStarted
            ? JsonAnswer.WriteToStreamAsync(context, body, type) : JsonAnswer.WriteAsync(context, error.Status, body, type);
    }
}
