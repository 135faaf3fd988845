using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Models.Egress;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Web.Search;

/// <summary>
/// Searches the web by the provider that the owner configured, at that address and no other. Words that are searched for leave the machine,
/// so it counts as reaching out, except for words that the person said just so. What it finds was written by others.
/// </summary>
/// <param name="settings">How the web is searched now; null where nothing is configured.</param>
/// <param name="egress">The owner's rules for what may leave the machine.</param>
public sealed class WebSearchTool(Func<WebSearchSettings?> settings, EgressPolicy egress) : Tool(
    "web_search", "Search the web.", """{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}""")
{
    private const int LongestQuery = 400, MostBytes = 2 << 20;

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override TimeSpan Limit => TimeSpan.FromSeconds(65);

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => SaidText.Holds(context.Said, arguments.Text("query")) ? ToolEffect.Reads : ToolEffect.Outward;

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var query = arguments.Text("query");
        if (settings() is not { } search)
            throw new ToolException("No web search is configured on this box. Its owner sets tools.web.search: provider searxng with a url, or brave with an apiKey. web_fetch reads an address that is known.");
        if (query.Length > LongestQuery) throw new ToolException($"A search has up to {LongestQuery} characters. Search for less.");
        if (SecretText.Redact(query) != query) throw new ToolException("The search holds a key or a password; it was not sent.");
        using var door = new EgressDoor(egress);
        using var client = door.CreateHttpClient(search.Address);
        (client.Timeout, client.MaxResponseContentBufferSize) = (search.Timeout, MostBytes);
        using var request = Request(search, query);
        request.Options.Set(EgressPolicy.Why, $"web_search, call {context.CallId}");
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode) throw new ToolException(Refusal(search, response.StatusCode));
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return new ToolResult(search.Provider == WebSearchProvider.Brave ? SearchAnswer.OfBrave(json.RootElement, search.MostResults) : SearchAnswer.OfSearXng(json.RootElement, search.MostResults));
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as EgressException ?? (Exception)new ToolException($"The web search at {EgressPolicy.Redact(search.Address)} cannot be reached, or answers too much.", e);
        }
        catch (JsonException e)
        {
            throw new ToolException($"The web search at {EgressPolicy.Redact(search.Address)} answered something else than JSON.", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ToolException($"The web search did not answer within {search.Timeout.TotalSeconds:0} seconds.", e);
        }
    }

    private static HttpRequestMessage Request(WebSearchSettings search, string query)
    {
        var words = $"q={Uri.EscapeDataString(query)}";
        var isBrave = search.Provider == WebSearchProvider.Brave;
        var address = isBrave ? $"{search.Address.GetLeftPart(UriPartial.Path)}?{words}&count={search.MostResults}" : $"{search.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/search?{words}&format=json";
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (isBrave) request.Headers.Add("X-Subscription-Token", search.Key?.Invoke() ?? throw new ToolException("Brave's search needs a key: the owner sets tools.web.search.apiKey."));
        else if (search.Key is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key());
        return request;
    }

    private static string Refusal(WebSearchSettings search, HttpStatusCode status) => (search.Provider, status) switch
    {
        (_, HttpStatusCode.TooManyRequests) => "The web search takes no more searches for now (429). Try again later.",
        (WebSearchProvider.SearXng, HttpStatusCode.Forbidden) => "SearXNG refused (403): json is not among search.formats in its settings.yml.",
        (WebSearchProvider.Brave, HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity) => $"Brave refused the key or the search ({(int)status}); the owner looks at tools.web.search.apiKey.",
        (_, >= HttpStatusCode.Moved and < HttpStatusCode.BadRequest) => $"The web search is somewhere else ({(int)status}); the owner sets tools.web.search.url to where it is.",
        _ => $"The web search answered {(int)status}.",
    };
}
