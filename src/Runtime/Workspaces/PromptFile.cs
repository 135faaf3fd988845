namespace Runtime.Workspaces;

/// <summary>A file of a workspace that its agent is told with every message.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Heading">What stands above it in the prompt; empty for what needs none.</param>
/// <param name="Limit">Characters of it that are told; the rest is left out with a mark.</param>
/// <param name="Template">What it holds at first. What stands between &lt;!-- and --&gt; is for the person who edits it, and not told.</param>
internal sealed record PromptFile(string Name, string Heading, int Limit, string Template)
{
    /// <summary>True for what is about its owner and not about the agent: told to those who may reach the file.</summary>
    public bool IsPersonal => Name is "USER.md" or "MEMORY.md";

    /// <summary>All of them, in the order of the prompt: from what changes least to what changes most.</summary>
    public static IReadOnlyList<PromptFile> All { get; } =
    [
        new("SOUL.md", "", 4000, """
            You are a private assistant that runs on its owner's own machine. Be brief, honest and kind. Say when you do not know.

            <!-- Who the assistant is: character, tone, language. -->
            """),
        new("IDENTITY.md", "", 1000, """
            <!-- What the assistant is called, e.g.: Your name is Ada. -->
            """),
        new("AGENTS.md", "", 8000, """
            Use a tool when it helps, and never make up what it would say. Do what was asked, no more. When it is done, say so in a sentence or two.

            <!-- How the assistant works: rules, habits, what to do first. -->
            """),
        new("TOOLS.md", "Notes on tools:", 4000, """
            <!-- What helps with the tools on this machine: names of devices, folders, rooms. -->
            """),
        new("USER.md", "About the person:", 4000, """
            <!-- Who you are: name, language, what you like. The assistant reads this with every message. -->
            """),
        new("MEMORY.md", "What you remember:", 6000, """
            <!-- What the assistant should always remember. It writes here too. -->
            """),
    ];

    /// <summary>The files of a first run that no prompt has.</summary>
    public static IReadOnlyList<(string Name, string Template)> Others { get; } =
    [
        ("HEARTBEAT.md", """
            <!-- What the assistant does by itself from time to time. While there is nothing here, it does nothing and costs nothing. -->
            """),
    ];
}
