namespace Appliance.Config.Sections;

/// <summary>Section <c>tools</c>: what tools of agents work with. Immutable.</summary>
internal sealed record ToolsConfig(WebToolsConfig? Web = null, BrowserConfig? Browser = null)
{
    [Setting("Tools of the web.")]
    public WebToolsConfig Web { get; init; } = Web ?? new();

    [Setting("The browser that agents use.", Hot = true)]
    public BrowserConfig Browser { get; init; } = Browser ?? new();
}

/// <summary>Section <c>tools.browser</c>. Immutable.</summary>
internal sealed record BrowserConfig(
    [property: Setting("Full path of a Chromium or Chrome; the one that is installed where it is left out.", Hot = true)]
    string? Program = null);

/// <summary>Section <c>tools.web</c>. Immutable.</summary>
internal sealed record WebToolsConfig(WebSearchConfig? Search = null)
{
    [Setting("How agents search the web; without a provider they cannot.", Hot = true)]
    public WebSearchConfig Search { get; init; } = Search ?? new();
}
