namespace Appliance.Config.Sections;

/// <summary>An entry of section <c>people</c>: somebody who may use this box beside its owner. Immutable.</summary>
internal sealed record PersonConfig(
    [property: Setting("guest (own sessions, no tools to speak of), member (own sessions, an assistant's tools), owner, or one of the section roles.")]
    string Role,
    [property: Setting("How they are called.")]
    string? Name = null,
    [property: Setting("The subject (sub) of their JSON Web Tokens.")]
    string? Subject = null,
    [property: Setting("Their login in your tailnet, such as ann@example.com; counts where gateway.auth.allowTailscale is on.")]
    string? Tailnet = null);
