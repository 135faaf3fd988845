namespace Runtime.Tools;

/// <summary>A call that may be done and is about to be.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Effect">What this call does to the world.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Context">Who calls.</param>
public sealed record ToolStarting(Tool Tool, ToolEffect Effect, ToolArguments Arguments, ToolContext Context);
