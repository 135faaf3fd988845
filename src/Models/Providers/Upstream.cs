namespace Models.Providers;

/// <summary>Where a model elsewhere is. Immutable.</summary>
/// <param name="Name">The target's name, for messages.</param>
/// <param name="Address">The wire's base address, as its makers write it: with <c>/v1</c> where their clients have it.</param>
/// <param name="Model">What it is called there.</param>
/// <param name="Window">Tokens of prompt and answer together; Ollama is told, for it cuts at a window of its own otherwise, silently.</param>
public sealed record Upstream(string Name, Uri Address, string Model, int Window);
