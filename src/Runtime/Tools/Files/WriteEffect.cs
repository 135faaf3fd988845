using Runtime.Workspaces;

namespace Runtime.Tools.Files;

/// <summary>What writing a file does to the world. Pure.</summary>
internal static class WriteEffect
{
    /// <summary>
    /// Writing is the agent's own business, but for the files that speak to it for good: once it has read what others wrote, a person is
    /// asked before those change.
    /// </summary>
    public static ToolEffect Of(ToolContext context, IEnumerable<string> paths) =>
        context.IsTainted && paths.Any(path => AgentFiles.IsInstruction(context.Files.Locate(path).Shown)) ? ToolEffect.Destructive : ToolEffect.Writes;
}
