namespace Runtime.Tools.Commands;

/// <summary>The tools that run programs.</summary>
public static class CommandTools
{
    /// <summary>Both, over one service.</summary>
    public static IEnumerable<Tool> All(CommandService commands, ProcessBook processes) => [new ExecTool(commands, processes), new ProcessTool(processes)];
}
