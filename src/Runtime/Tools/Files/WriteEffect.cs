using Runtime.Memory.Files;
using Runtime.Workspaces;

namespace Runtime.Tools.Files;

/// <summary>What writing a file does to the world. Pure.</summary>
internal static class WriteEffect
{
    /// <summary>
    /// Writing is the agent's own business, but for the files that speak to it for good, and the notes of which these are made: once it has
    /// read what others wrote, a person is asked before those change.
    /// </summary>
    public static ToolEffect Of(ToolContext context, IEnumerable<string> paths) =>
        context.IsTainted && paths.Select(path => context.Files.Locate(path).Shown).Any(path => AgentFiles.IsInstruction(path) || MemoryFolder.IsNote(path)) ? ToolEffect.Destructive : ToolEffect.Writes;
}
