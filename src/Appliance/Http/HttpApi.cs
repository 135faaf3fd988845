using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Appliance.Http.Anthropic;
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
    private const string OneModel = "/v1/models/";
    private readonly AccessGuard _guard;
    private readonly Lazy<GatewayHost> _gateway;
    private readonly Admission _admission;
    private readonly CancellationToken _stopping;
    private readonly Action<Exception> _onBug;
    private readonly ModelListing _listing;
    private readonly FrozenDictionary<string, Route> _routes;

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
        _listing = new ModelListing(models);
        var health = new Health(models, options.Model);
        var ollama = new OllamaModels(models);
        var embed = new OllamaEmbed(models);
        var messages = new Messages(models, options.Model);
        _routes = new Dictionary<string, Route>
        {
            ["/"] = Get(context => context.Response.WriteAsync("Appliance is running")),
            ["/healthz"] = Get(Health.LiveAsync),
            ["/readyz"] = Get(health.ReadyAsync),
            ["/v1/models"] = Get(_listing.ListAsync),
            ["/v1/chat/completions"] = Post(new ChatCompletions(models, options.Model).HandleAsync),
            ["/v1/completions"] = Post(new Completions(models, options.Model).HandleAsync),
            ["/v1/messages"] = Post(messages.HandleAsync),
            ["/v1/messages/count_tokens"] = Post(messages.CountAsync),
            ["/v1/embeddings"] = Post(new Embeddings(models).HandleAsync),
            ["/v1/rerank"] = Post(new Rerank(models).HandleAsync),
            ["/api/version"] = Get(OllamaModels.VersionAsync),
            ["/api/tags"] = Get(ollama.TagsAsync),
            ["/api/ps"] = Get(ollama.LoadedAsync),
            ["/api/show"] = Post(ollama.ShowAsync),
            ["/api/chat"] = Post(new OllamaChat(models).HandleAsync),
            ["/api/generate"] = Post(new OllamaGenerate(models).HandleAsync),
            ["/api/embed"] = Post(embed.EmbedAsync),
            ["/api/embeddings"] = Post(embed.EmbedOneAsync),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        try
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            if (context.Request.Path == "/" && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true)
            {
                // The token comes in the first frame; here only web pages from elsewhere are refused.
                _guard.CheckPage(context.Request);
                await _gateway.Value.AcceptAsync(context);
                return;
            }
            var principal = _guard.Check(context.Request);
            var route = Find(context.Request);
            Require(principal, route);
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
    }

    private static void Require(Principal principal, Route route)
    {
        try { principal.Require(route.Scope); }
        catch (GatewayException e) { throw new ApiException(StatusCodes.Status403Forbidden, e.Message, null, "insufficient_scope"); }
    }

    private Route Find(HttpRequest request)
    {
        var path = request.Path.Value!;
        var route = path.StartsWith(OneModel, StringComparison.Ordinal) && path.Length > OneModel.Length
            ? Get(context => _listing.GetAsync(context, path[OneModel.Length..]))
            : _routes.GetValueOrDefault(path) ?? throw new ApiException(
                StatusCodes.Status404NotFound, $"There is nothing at {request.Method} {path}.", null, "unknown_url");
        if (route.Allows(request.Method)) return route;
        request.HttpContext.Response.Headers.Allow = route.Method;
        throw new ApiException(StatusCodes.Status405MethodNotAllowed, $"{path} takes {route.Method}, not {request.Method}.", null, "method_not_allowed");
    }

    private async Task WriteErrorAsync(HttpContext context, Exception fault)
    {
        var error = ApiError.From(fault);
        if (error.Status == StatusCodes.Status500InternalServerError && fault is not ModelException) _onBug(fault);
        if (error.Status == StatusCodes.Status503ServiceUnavailable && !context.Response.HasStarted)
            context.Response.Headers.RetryAfter = (error.RetryAfter ?? 1).ToString(CultureInfo.InvariantCulture);
        if (AnthropicErrors.IsExpected(context.Request)) await AnthropicErrors.WriteAsync(context, error);
        else if (context.Request.Path.StartsWithSegments("/api")) await WriteAsync(new OllamaError(error.Message), OllamaJson.Wire.OllamaError);
        else await WriteAsync(new ApiErrorBody(error), OpenAiJson.Wire.ApiErrorBody);

        Task WriteAsync<T>(T body, JsonTypeInfo<T> type) => context.Response.HasStarted
            ? JsonAnswer.WriteToStreamAsync(context, body, type) : JsonAnswer.WriteAsync(context, error.Status, body, type);
    }

    private static Route Get(Func<HttpContext, Task> handler) => new("GET", Scope.Read, false, (context, _) => handler(context));

    private static Route Post(Func<HttpContext, CancellationToken, Task> handler) => new("POST", Scope.Write, true, handler);

    private sealed record Route(string Method, string Scope, bool HasBody, Func<HttpContext, CancellationToken, Task> Handler)
    {
        public bool Allows(string method) => method == Method || (Method == "GET" && method == "HEAD");
    }
}
