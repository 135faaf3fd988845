namespace Runtime.Tools.Web.Search;

/// <summary>How the web is searched. Immutable.</summary>
/// <param name="Provider">Who searches.</param>
/// <param name="Address">Where they are.</param>
public sealed record WebSearchSettings(WebSearchProvider Provider, Uri Address)
{
    /// <summary>Brave's own address.</summary>
    public static Uri Brave { get; } = new("https://api.search.brave.com/res/v1/web/search");

    /// <summary>Fetches the key; null where there is none.</summary>
    public Func<string>? Key { get; init; }

    /// <summary>Results that are told, at most.</summary>
    public int MostResults { get; init; } = 5;

    /// <summary>How long a search may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
