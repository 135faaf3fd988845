using Appliance.Config.Secrets;
using Models;
using Runtime.Tools.Web.Search;

namespace Appliance.Config.Sections;

/// <summary>Section <c>tools.web.search</c>: who searches the web for agents. Immutable.</summary>
internal sealed record WebSearchConfig(
    [property: Setting("searxng (a server of your own) or brave (with a key); none, so that agents cannot search, by default.", Hot = true)]
    WebSearchProvider? Provider = null,
    [property: Setting("Where it is: https://search.example, or http:// for a machine of your own network. Brave's own address where it is left out.", Hot = true)]
    string? Url = null,
    [property: Setting("Results that an agent is told.", Hot = true, Least = 1, Most = 20)]
    int MaxResults = 5,
    [property: Setting("How long a search may take, seconds.", Hot = true, Least = 1, Most = 60)]
    int TimeoutSeconds = 10)
{
    /// <summary>Where the key is, or null.</summary>
    [Setting("Key for the provider. Brave needs one; SearXNG gets it as a bearer token, for whoever stands before it.", Hot = true)]
    public SecretReference? ApiKey { get; init; }

    /// <summary>The same for the tool; null where no provider is set.</summary>
    /// <param name="home">What a relative file of a secret is relative to.</param>
    /// <exception cref="ModelException">The address is none.</exception>
    public WebSearchSettings? ToSettings(string home)
    {
        if (Provider is not { } provider) return null;
        var url = Url ?? (provider == WebSearchProvider.Brave ? WebSearchSettings.Brave.AbsoluteUri : "");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0)
            throw new ModelException("tools.web.search.url is no https:// or http:// address; a password belongs into apiKey.");
        return new WebSearchSettings(provider, address)
        {
            Key = ApiKey is null ? null : () => SecretResolver.Resolve(ApiKey, "tools.web.search.apiKey", home),
            MostResults = MaxResults,
            Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        };
    }
}
