using System.Text;
using Runtime.Agents;
using Runtime.Tools;

namespace Runtime.Schedule.Heartbeat;

/// <summary>HEARTBEAT.md of a workspace: what the agent looks after by itself. Pure apart from reading it.</summary>
public static class HeartbeatFile
{
    private const string Name = "HEARTBEAT.md";
    private const int Largest = 64 * 1024, LongestTold = 8000;

    /// <summary>What is in an agent's file; null where there is nothing to do in it.</summary>
    public static string? Read(Agent agent)
    {
        if (!Directory.Exists(agent.Workspace)) return null;
        try
        {
            using var file = agent.Files.OpenRead(Name);
            var bytes = new byte[Math.Min(file.Length, Largest)];
            var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
            return IsEmpty(text) ? null : Bounded.Cut(text.Trim(), LongestTold);
        }
        catch (ToolException)
        {
            return null;
        }
    }

    /// <summary>True where a text has nothing but blank lines, headings, comments and list items without words.</summary>
    public static bool IsEmpty(string text)
    {
        while (text.IndexOf("<!--", StringComparison.Ordinal) is >= 0 and var begin)
        {
            var end = text.IndexOf("-->", begin, StringComparison.Ordinal);
            text = text[..begin] + (end < 0 ? "" : text[(end + 3)..]);
        }
        return text.Split('\n').Select(line => line.Trim()).All(line => line.StartsWith('#') || line.Trim('-', '*', '+', ' ', '[', ']', 'x', 'X', '`', '\uFEFF').Length == 0);
    }
}
