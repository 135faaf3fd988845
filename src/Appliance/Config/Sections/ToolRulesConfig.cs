using Runtime.Tools.Policy;

namespace Appliance.Config.Sections;

/// <summary>Which tools may be called. What denies wins over what asks, and that over what allows. Immutable.</summary>
internal sealed record ToolRulesConfig(
    [property: Setting("minimal (talking), assistant (files, memory, the web, messages) or operator (everything); none, so that only allow counts, by default.")]
    ToolProfile? Profile = null,
    [property: Setting("Tools beyond the profile.")]
    IReadOnlyList<string>? Allow = null,
    [property: Setting("Tools that a person is asked about each time.")]
    IReadOnlyList<string>? Ask = null,
    [property: Setting("Tools that are never called.")]
    IReadOnlyList<string>? Deny = null)
{
    /// <summary>The same for the table of tools.</summary>
    public ToolRules ToRules() => new() { Profile = Profile, Allow = Allow ?? [], Ask = Ask ?? [], Deny = Deny ?? [] };
}
