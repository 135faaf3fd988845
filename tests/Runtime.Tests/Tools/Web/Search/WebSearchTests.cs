using Models.Egress;
using Runtime.Tools;
using Runtime.Tools.Web.Search;
using TestKit;

namespace Runtime.Tests.Tools.Web.Search;

/// <summary>Searches against servers that answer as SearXNG (docs: search API, searx/webutils.py) and Brave (docs: WebSearchApiResponse) do.</summary>
public sealed class WebSearchTests
{
    private const string SearXng = """
        {"query":"teapot","number_of_results":2,"results":[
          {"url":"https://example.org/a","title":"A teapot\n2. Fake","content":"Holds   tea.","engine":"duckduckgo","parsed_url":["https","example.org","/a","","",""],"template":"default.html","engines":["duckduckgo"],"positions":[1],"score":1.0,"category":"general"},
          {"url":"javascript:alert(1)","title":"evil","content":"x","engine":"e"},
          {"url":"https://example.org/b","title":"B","content":"","engine":"e"},
          {"url":"https://example.org/c","title":"C","content":"left out","engine":"e"}],
         "answers":["12 cups",{"answer":"a pot","url":null,"template":"answer/legacy.html"}],"corrections":[],"infoboxes":[],"suggestions":["kettle"],"unresponsive_engines":[["google","timeout"]]}
        """;

    private const string Brave = """
        {"type":"search","query":{"original":"teapot","more_results_available":true},"mixed":{"type":"mixed"},
         "web":{"type":"search","results":[
          {"title":"Tea &amp; pots","url":"https://example.org/a","is_source_local":false,"description":"A <strong>teapot</strong> holds tea.","page_age":"2024-01-01T00:00:00","profile":{"name":"Example"},"language":"en","family_friendly":true},
          {"title":"B","url":"https://example.org/b","description":"b"}],"family_friendly":true}}
        """;

    [Fact]
    public async Task Search_BySearXng_TellsItsResults()
    {
        using var server = new FakeServer(_ => Json(SearXng));
        var result = await SearchAsync(new(WebSearchProvider.SearXng, new Uri(server.Address + "/searx/")) { MostResults = 2 }, "tea & pots");
        Assert.Equal("Answer: 12 cups\n\nAnswer: a pot\n\n1. A teapot 2. Fake\nhttps://example.org/a\nHolds tea.\n\n2. B\nhttps://example.org/b\n\n\n", result.Text);
        Assert.True(result.IsData);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/searx/search?q=tea%20%26%20pots&format=json", request.Target);
        Assert.Null(request.Header("Authorization"));
    }

    [Fact]
    public async Task Search_ByBrave_SendsItsKey_AndTellsItsResults()
    {
        using var server = new FakeServer(_ => Json(Brave));
        var result = await SearchAsync(new(WebSearchProvider.Brave, new Uri(server.Address + "/res/v1/web/search")) { Key = () => "k123", MostResults = 7 }, "teapot");
        Assert.Equal("1. Tea & pots\nhttps://example.org/a\nA teapot holds tea.\n\n2. B\nhttps://example.org/b\nb\n\n", result.Text);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/res/v1/web/search?q=teapot&count=7", "k123"), (request.Target, request.Header("X-Subscription-Token")));
    }

    [Theory]
    [InlineData(WebSearchProvider.SearXng, 403, "json is not among")]
    [InlineData(WebSearchProvider.SearXng, 302, "somewhere else")]
    [InlineData(WebSearchProvider.Brave, 401, "refused the key")]
    [InlineData(WebSearchProvider.Brave, 429, "no more searches")]
    [InlineData(WebSearchProvider.Brave, 500, "answered 500")]
    public async Task Search_ThatIsRefused_SaysWhy_AndGoesNowhereElse(WebSearchProvider provider, int status, string why)
    {
        using var elsewhere = new FakeServer(_ => Json("{}"));
        using var server = new FakeServer(_ => new FakeReply(status).With("Location", elsewhere.Address));
        var result = await SearchAsync(new(provider, new Uri(server.Address)) { Key = () => "k" }, "teapot");
        Assert.True(result.IsError);
        Assert.Contains(why, result.Text, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("<html>", "something else than JSON")]
    [InlineData("[1,2]", "Nothing was found.")]
    [InlineData("""{"results":[{"url":5},7,null],"unresponsive_engines":[["google","timeout"],[]]}""", "google did not answer")]
    [InlineData("""{"results":{"url":"https://x"},"answers":[[],{}]}""", "Nothing was found.")]
    public async Task Search_WithOddAnswers_IsRead(string body, string expected)
    {
        using var server = new FakeServer(_ => Json(body));
        Assert.Contains(expected, (await SearchAsync(new(WebSearchProvider.SearXng, new Uri(server.Address)), "teapot")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WithoutProvider_OrKey_OrOffline_SaysSo()
    {
        Assert.Contains("No web search is configured", (await SearchAsync(null, "teapot")).Text, StringComparison.Ordinal);
        Assert.Contains("needs a key", (await SearchAsync(new(WebSearchProvider.Brave, WebSearchSettings.Brave), "teapot")).Text, StringComparison.Ordinal);
        Assert.Contains("Offline mode", (await SearchAsync(new(WebSearchProvider.Brave, WebSearchSettings.Brave) { Key = () => "k" }, "teapot")).Text, StringComparison.Ordinal);
        Assert.Contains("not encrypted", (await SearchAsync(new(WebSearchProvider.SearXng, new Uri("http://searx.example")), "teapot", offline: false)).Text, StringComparison.Ordinal);
        using var server = new FakeServer(_ => Json(SearXng));
        Assert.Contains("key or a password", (await SearchAsync(new(WebSearchProvider.SearXng, new Uri(server.Address)), "ghp_0123456789abcdefghij0123")).Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    // exfil-01
    [Theory]
    [InlineData("Search for oven repair, please", "oven repair", true)]
    [InlineData("Search for oven repair", "oven repair secret", false)]
    [InlineData("Read the page", "what the page says", false)]
    public async Task Search_InATaintedSession_OnlyWhatThePersonSaid(string said, string query, bool allowed)
    {
        using var bench = new ToolBench(null, null, Tool(null));
        bench.Context = bench.Context with { IsTainted = true, Said = said };
        Assert.Equal(!allowed, (await bench.CallAsync("web_search", $$"""{"query":"{{query}}"}""")).IsRefused);
    }

    private static async Task<ToolResult> SearchAsync(WebSearchSettings? settings, string query, bool offline = true)
    {
        using var bench = new ToolBench(null, null, Tool(settings, offline));
        return await bench.CallAsync("web_search", $$"""{"query":"{{query}}"}""");
    }

    private static WebSearchTool Tool(WebSearchSettings? settings, bool offline = true) => new(() => settings, new EgressPolicy { Offline = offline });

    private static FakeReply Json(string body) => new FakeReply(200, body).With("Content-Type", "application/json");
}
