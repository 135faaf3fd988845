using System.Text.Json.Serialization;

namespace Runtime.Tools.Web.Search;

/// <summary>Who searches the web.</summary>
public enum WebSearchProvider
{
    /// <summary>A SearXNG of the owner's, with JSON among its formats.</summary>
    [JsonStringEnumMemberName("searxng")]
    SearXng,

    /// <summary>Brave's Web Search API, with a key.</summary>
    [JsonStringEnumMemberName("brave")]
    Brave,
}
