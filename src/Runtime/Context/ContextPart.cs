namespace Runtime.Context;

/// <summary>A piece of what a model is told.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Text">It.</param>
public sealed record ContextPart(string Name, string Text);
