using System.Collections.Frozen;
using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Http.Agents;
using Appliance.Http.Anthropic;
using Appliance.Http.Canvas;
using Appliance.Http.Hooks;
using Appliance.Http.Mcp;
using Appliance.Http.Metrics;
using Appliance.Http.Ollama;
using Appliance.Http.OpenAi;
using Appliance.Http.OpenAi.Responses;
using Appliance.Http.Page;
using Models.Generation;

namespace Appliance.Http;

/// <summary>Everything there is by HTTP: paths, methods, the scope each needs. What is not in the table does not exist. Immutable.</summary>
internal sealed class RouteTable
{
    // Paths that end with the name of something.
    private static readonly string[] Collections = ["/v1/models/", "/v1/responses/", CanvasTickets.Path];

    private readonly FrozenDictionary<string, Route[]> _routes;

    /// <summary>The table over a set of models.</summary>
    /// <param name="models">Where models come from.</param>
    /// <param name="gateway">The agent's side of the box; made when it is first asked for.</param>
    /// <param name="requests">What was counted, for <c>/metrics</c>.</param>
    /// <param name="options">Limits, and the model for requests that name none.</param>
    /// <param name="onBug">Hears of faults that are no request's.</param>
    public RouteTable(IModelHost models, Lazy<GatewayHost> gateway, RequestCounters requests, ServerOptions options, Action<Exception> onBug)
    {
        var agents = new AgentDoor(gateway);
        var mcp = new McpDoor(context => new McpTools(agents, context), options.Time, onBug);
        var hooks = new HookDoor(gateway, options);
        var canvas = new CanvasDoor(gateway);
        var door = new ModelDoor(models, gateway, options);
        var listing = new ModelListing(door);
        Health = new Health(models, gateway, options);
        var responses = new Responses(door);
        var messages = new Messages(door);
        var ollama = new OllamaModels(door);
        var embed = new OllamaEmbed(models);
        _routes = new Dictionary<string, Route[]>
        {
            ["/"] = [Route.Get(ChatPage.HandleAsync) with { Access = RouteAccess.Everybody }],
            ["/healthz"] = [Route.Get(Health.LiveAsync)],
            ["/readyz"] = [Route.Get(Health.ReadyAsync)],
            ["/metrics"] = [Route.Get(new MetricsPage(models, gateway, requests, options).HandleAsync)],
            ["/api/v1/chat"] = [Route.Post(new AgentChat(agents).HandleAsync) with { Access = RouteAccess.Identity }],
            ["/api/v1/skills"] = [Route.Get(new AgentSkills(agents).ListAsync) with { Access = RouteAccess.Identity }],
            ["/tools/invoke"] = [Route.Post(new ToolInvocation(agents).HandleAsync) with { Access = RouteAccess.Identity }],
            ["/mcp"] =
            [
                Route.Post(mcp.PostAsync) with { Access = RouteAccess.Identity },
                new Route("GET", Scope.Read, false, mcp.GetAsync) { Access = RouteAccess.Identity },
                Route.Delete(mcp.DeleteAsync) with { Access = RouteAccess.Identity },
            ],
            ["/hooks/wake"] = [Route.Post(hooks.WakeAsync) with { Access = RouteAccess.OwnSecret }],
            ["/hooks/agent"] = [Route.Post(hooks.AgentAsync) with { Access = RouteAccess.OwnSecret }],
            [CanvasTickets.Path] = [Route.Get(context => canvas.GetAsync(context, NameIn(context))) with { Access = RouteAccess.Ticket }],
            ["/v1/models"] = [Route.Get(listing.ListAsync)],
            ["/v1/models/"] = [Route.Get(context => listing.GetAsync(context, NameIn(context)))],
            ["/v1/chat/completions"] = [Route.Post(new ChatCompletions(door).HandleAsync)],
            ["/v1/completions"] = [Route.Post(new Completions(door).HandleAsync)],
            ["/v1/responses"] = [Route.Post(responses.CreateAsync)],
            ["/v1/responses/"] = [Route.Get(context => responses.GetAsync(context, NameIn(context))), Route.Delete(context => responses.DeleteAsync(context, NameIn(context)))],
            ["/v1/embeddings"] = [Route.Post(new Embeddings(models).HandleAsync)],
            ["/v1/rerank"] = [Route.Post(new Rerank(models).HandleAsync)],
            ["/v1/messages"] = [Route.Post(messages.HandleAsync)],
            ["/v1/messages/count_tokens"] = [Route.Post(messages.CountAsync)],
            ["/api/version"] = [Route.Get(OllamaModels.VersionAsync)],
            ["/api/tags"] = [Route.Get(ollama.TagsAsync)],
            ["/api/ps"] = [Route.Get(ollama.LoadedAsync)],
            ["/api/show"] = [Route.Post(ollama.ShowAsync)],
            ["/api/chat"] = [Route.Post(new OllamaChat(door).HandleAsync)],
            ["/api/generate"] = [Route.Post(new OllamaGenerate(door).HandleAsync)],
            ["/api/embed"] = [Route.Post(embed.EmbedAsync)],
            ["/api/embeddings"] = [Route.Post(embed.EmbedOneAsync)],
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>How the box is.</summary>
    public Health Health { get; }

    /// <summary>The path of the table that a request's path is; null where nothing is there.</summary>
    public string? PathOf(HttpRequest request) =>
        request.Path.Value is { } path && !Collections.Contains(path) && (CollectionOf(path) ?? path) is var known && _routes.ContainsKey(known) ? known : null;

    /// <summary>Who is let in there. Where nothing is, that is told to those only who may come in.</summary>
    public RouteAccess AccessOf(string? path) => path is null ? RouteAccess.Machine : _routes[path][0].Access;

    /// <summary>What answers a request.</summary>
    /// <param name="path">Its path in the table.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="ApiException">404: nothing is there; 405: it takes another method.</exception>
    public Route Find(string? path, HttpRequest request)
    {
        if (path is null) throw new ApiException(StatusCodes.Status404NotFound, $"There is nothing at {request.Method} {request.Path.Value}.", null, "unknown_url");
        var routes = _routes[path];
        if (routes.FirstOrDefault(route => route.Allows(request.Method)) is { } found) return found;
        var allowed = string.Join(", ", routes.Select(route => route.Method));
        request.HttpContext.Response.Headers.Allow = allowed;
        throw new ApiException(StatusCodes.Status405MethodNotAllowed, $"{request.Path.Value} takes {allowed}, not {request.Method}.", null, "method_not_allowed");
    }

    private static string? CollectionOf(string path) =>
        Collections.FirstOrDefault(collection => path.StartsWith(collection, StringComparison.Ordinal) && path.Length > collection.Length);

    private static string NameIn(HttpContext context) => context.Request.Path.Value is { } path ? path[CollectionOf(path)!.Length..] : "";
}
