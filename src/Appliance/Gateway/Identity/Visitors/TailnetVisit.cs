using System.Net;

namespace Appliance.Gateway.Identity.Visitors;

/// <summary>What became of headers that say who comes by Tailscale: a person, or why they are not believed. Immutable.</summary>
/// <param name="Address">The visitor's address in the tailnet; null where it is not believed.</param>
/// <param name="PersonId">Who it is; null where it is not believed.</param>
/// <param name="Refusal">The protocol's code for why not; null where it is.</param>
internal sealed record TailnetVisit(IPAddress? Address, string? PersonId, string? Refusal)
{
    /// <summary>Somebody who is believed.</summary>
    public static TailnetVisit Of(IPAddress address, string person) => new(address, person, null);

    /// <summary>Headers that are not.</summary>
    public static TailnetVisit Refused(string code) => new(null, null, code);
}
