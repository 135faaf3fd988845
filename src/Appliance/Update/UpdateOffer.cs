using Appliance.Update.Manifests;

namespace Appliance.Update;

/// <summary>A release that was looked at: signed by a key that counts, and what it means for this box.</summary>
/// <param name="Manifest">The release.</param>
/// <param name="IsNewer">True where this box does not have it and may take it.</param>
/// <param name="Refusal">Why it may not be taken, one sentence; null where it may, or is here already.</param>
internal sealed record UpdateOffer(UpdateManifest Manifest, bool IsNewer, string? Refusal);
