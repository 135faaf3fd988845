using System.Text;
using Models.Store;
using Runtime.Agents;
using Runtime.Context;
using Runtime.Tools;

namespace Runtime.Workspaces;

/// <summary>
/// The plain files that make an agent what it is, in its workspace, for its owner to edit. Only those at the top of the workspace count:
/// what lies in a folder below, a cloned repository say, is data like any other.
/// </summary>
public static class AgentFiles
{
    /// <summary>Longest file that is looked at, bytes.</summary>
    private const int Largest = 1 << 20;

    private static readonly Lock Preparing = new();

    /// <summary>True for a file at the top of a workspace whose words are told to the agent as its own: who writes there speaks to it for good.</summary>
    public static bool IsInstruction(string path) =>
        path.StartsWith("skills/", StringComparison.OrdinalIgnoreCase) || PromptFile.All.Any(f => f.Name.Equals(path, StringComparison.OrdinalIgnoreCase))
        || PromptFile.Others.Any(f => f.Name.Equals(path, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes a workspace where there is none, with a short file of each kind.</summary>
    /// <exception cref="Models.ModelException">It cannot be written.</exception>
    public static void Prepare(Agent agent) => Prepare(agent.Workspace);

    /// <summary>The same for a folder. A kill leaves none, or all of it. Safe for several threads: the first turns of a new box come at once.</summary>
    /// <exception cref="Models.ModelException">It cannot be written.</exception>
    public static void Prepare(string workspace)
    {
        if (Directory.Exists(workspace)) return;
        lock (Preparing)
        {
            if (!Directory.Exists(workspace)) Make(workspace);
        }
    }

    /// <summary>What an agent is told of its files, in order; those that hold nothing for it are left out.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="mayReach">Says whether a full path may be reached for whom it answers; null where all may.</param>
    internal static IEnumerable<ContextPart> Parts(Agent agent, Func<string, bool>? mayReach = null)
    {
        foreach (var file in PromptFile.All)
        {
            if (file.IsPersonal && mayReach?.Invoke(Path.Combine(agent.Workspace, file.Name)) == false) continue;
            if (Read(agent, file.Name) is not { } whole || WithoutComments(whole).Trim() is not { Length: > 0 } text) continue;
            var told = text.Length <= file.Limit ? text : $"{Bounded.Begin(text, file.Limit)}\n[… {text.Length - file.Limit} more characters of {file.Name} are not shown; read the file for them …]";
            yield return new ContextPart(file.Name, file.Heading.Length > 0 ? $"{file.Heading}\n{told}" : told);
        }
    }

    private static void Make(string workspace)
    {
        var next = workspace.TrimEnd('/') + ".new";
        HomeFolder.EnsureFolder(next);
        foreach (var (name, template) in PromptFile.All.Select(f => (f.Name, f.Template)).Concat(PromptFile.Others))
            DurableFile.Replace(Path.Combine(next, name), Encoding.UTF8.GetBytes(template + "\n"));
        foreach (var folder in (string[])["memory", "skills"]) HomeFolder.EnsureFolder(Path.Combine(next, folder));
        Disk.SyncFolder(next);
        Directory.Move(next, workspace);
        Disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(workspace))!);
    }

    private static string? Read(Agent agent, string name)
    {
        try
        {
            using var file = agent.Files.OpenRead(name);
            var bytes = new byte[Math.Min(file.Length, Largest)];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (ToolException)
        {
            return null;
        }
    }

    private static string WithoutComments(string text)
    {
        var told = new StringBuilder();
        for (var at = 0; ;)
        {
            var begin = text.IndexOf("<!--", at, StringComparison.Ordinal);
            if (begin < 0) return told.Append(text, at, text.Length - at).ToString();
            told.Append(text, at, begin - at);
            var end = text.IndexOf("-->", begin, StringComparison.Ordinal);
            if (end < 0) return told.ToString();
            at = end + 3;
        }
    }
}
