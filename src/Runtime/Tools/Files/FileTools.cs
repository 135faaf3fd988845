namespace Runtime.Tools.Files;

/// <summary>The tools for files.</summary>
public static class FileTools
{
    /// <summary>All of them, in the order of prompts.</summary>
    public static IEnumerable<Tool> All => [new ReadTool(), new LsTool(), new FindTool(), new GrepTool(), new WriteTool(), new EditTool(), new ApplyPatchTool()];
}
