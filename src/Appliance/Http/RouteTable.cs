using System.Collections.Frozen;
using Appliance.Hosting;
using Appliance.Http.Anthropic;
using Appliance.Http.Ollama;
using Appliance.Http.OpenAi;
using Appliance.Http.OpenAi.Responses;
using Models.Generation;

namespace Appliance.Http;

/// <summary>Everything there is by HTTP: paths, methods, the scope each needs. What is not in the table does not exist. Immutable.</summary>
internal sealed class RouteTable
{
    // Paths that end with the name of something.
    private static readonly string[] Collections = ["/v1/models/", "/v1/responses/"];

    private readonly FrozenDictionary<string, Route[]> _routes;

    /// <summary>The table over a set of models.</summary>
    public RouteTable(IModelHost models, ServerOptions options)
    {
        var listing = new ModelListing(models);
        var health = new Health(models, options.Model);
        var responses = new Responses(models, options.Model);
        var messages = new Messages(models, options.Model);
        var ollama = new OllamaModels(models);
        var embed = new OllamaEmbed(models);
        _routes = new Dictionary<string, Route[]>
        {
            ["/"] = [Route.Get(context => context.Response.WriteAsync("Appliance is running"))],
            ["/healthz"] = [Route.Get(Health.LiveAsync)],
            ["/readyz"] = [Route.Get(health.ReadyAsync)],
            ["/v1/models"] = [Route.Get(listing.ListAsync)],
            ["/v1/models/"] = [Route.Get(context => listing.GetAsync(context, NameIn(context)))],
            ["/v1/chat/completions"] = [Route.Post(new ChatCompletions(models, options.Model).HandleAsync)],
            ["/v1/completions"] = [Route.Post(new Completions(models, options.Model).HandleAsync)],
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
            ["/api/chat"] = [Route.Post(new OllamaChat(models).HandleAsync)],
            ["/api/generate"] = [Route.Post(new OllamaGenerate(models).HandleAsync)],
            ["/api/embed"] = [Route.Post(embed.EmbedAsync)],
            ["/api/embeddings"] = [Route.Post(embed.EmbedOneAsync)],
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Paths, for tests.</summary>
    internal IEnumerable<string> Paths => _routes.Keys;

    /// <summary>What answers a request.</summary>
    /// <exception cref="ApiException">404: nothing is there; 405: it takes another method.</exception>
    public Route Find(HttpRequest request)
    {
        var path = request.Path.Value!;
        var routes = _routes.GetValueOrDefault(CollectionOf(path) ?? path)
            ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is nothing at {request.Method} {path}.", null, "unknown_url");
        if (routes.FirstOrDefault(route => route.Allows(request.Method)) is { } found) return found;
        var allowed = string.Join(", ", routes.Select(route => route.Method));
        request.HttpContext.Response.Headers.Allow = allowed;
        throw new ApiException(StatusCodes.Status405MethodNotAllowed, $"{path} takes {allowed}, not {request.Method}.", null, "method_not_allowed");
    }

    private static string? CollectionOf(string path) =>
        Collections.FirstOrDefault(collection => path.StartsWith(collection, StringComparison.Ordinal) && path.Length > collection.Length);

    private static string NameIn(HttpContext context) => context.Request.Path.Value is { } path ? path[CollectionOf(path)!.Length..] : "";
}
