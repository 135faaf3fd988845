namespace Models.Routing;

/// <summary>A target that cannot answer, and why. Immutable.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Reason">The first reason that was met.</param>
/// <param name="Detail">The same in words that follow its name.</param>
public sealed record Exclusion(string Target, ExclusionReason Reason, string Detail);
