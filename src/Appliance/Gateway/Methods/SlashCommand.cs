using Appliance.Gateway.Methods.Wire;

namespace Appliance.Gateway.Methods;

/// <summary>
/// A command that is written as a message: <c>/status</c>. It has no power of its own: each is another way to call a method, and needs
/// what that method needs. Names are OpenClaw's.
/// </summary>
/// <param name="Name">Without the slash.</param>
/// <param name="Description">What it does, for lists.</param>
/// <param name="Category"><c>session</c>, <c>options</c>, <c>status</c>, <c>management</c> or <c>tools</c>.</param>
/// <param name="Method">The method it calls, or the one whose rights it needs.</param>
internal sealed record SlashCommand(string Name, string Description, string Category, string Method)
{
    /// <summary>Every command this gateway knows.</summary>
    public static readonly IReadOnlyList<SlashCommand> All =
    [
        new("help", "Show available commands.", "status", "commands.list") { Aliases = ["commands"] },
        new("status", "Show the state of the gateway and of this session.", "status", "status"),
        new("whoami", "Show who you are to the gateway.", "status", "health"),
        new("usage", "Show the tokens of this session.", "status", "usage.cost"),
        new("new", "Begin this session anew.", "session", "sessions.reset"),
        new("reset", "Begin this session anew.", "session", "sessions.reset"),
        new("stop", "Stop the answer that is being made.", "session", "chat.abort") { Aliases = ["abort"] },
        new("compact", "Put the older part of this session into a summary.", "session", "sessions.compact"),
        new("name", "Name this session.", "session", "sessions.patch") { Argument = new("name", "The name") },
        new("model", "Show or choose the model of this session.", "options", "sessions.patch") { Argument = new("model", "The model; none to show the choice") },
        new("models", "List the models.", "options", "models.list"),
        new("think", "Set the thinking level.", "options", "sessions.patch") { Aliases = ["thinking", "t"], Argument = new("level", "off") },
        new("approve", "Decide about a command that waits for approval.", "management", "exec.approval.resolve") { Argument = new("id decision", "allow-once, allow-always or deny") },
        // These change what the box allows: whoever may not change the configuration is refused, and nobody does it from a chat.
        new("config", "Show or change the configuration.", "management", "config.set") { IsOwnersAlone = true },
        new("exec", "Set how commands are run.", "management", "exec.approvals.set") { IsOwnersAlone = true },
        new("elevated", "Run commands without asking.", "management", "exec.approvals.set") { IsOwnersAlone = true },
        new("bash", "Run a command.", "management", "exec.approvals.set") { IsOwnersAlone = true },
        new("allowlist", "Change who may write.", "management", "config.set") { IsOwnersAlone = true },
        new("restart", "Restart the gateway.", "management", "config.set") { IsOwnersAlone = true },
    ];

    /// <summary>Other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What may stand behind it, or null.</summary>
    public CommandArgument? Argument { get; init; }

    /// <summary>True for what is refused to everybody but an administrator, who does it elsewhere.</summary>
    public bool IsOwnersAlone { get; init; }

    /// <summary>The command a message is, or null: what begins with a slash and is no command's name is an ordinary message.</summary>
    public static SlashCommand? Find(string text)
    {
        if (!text.StartsWith('/')) return null;
        var end = text.AsSpan().IndexOfAny(" :\r\n\t");
        var name = (end < 0 ? text[1..] : text[1..end]).ToLowerInvariant();
        return All.FirstOrDefault(c => c.Name == name || c.Aliases.Contains(name));
    }

    /// <summary>What stands behind the name.</summary>
    public static string ArgumentsOf(string text)
    {
        var end = text.AsSpan().IndexOfAny(" :\r\n\t");
        return end < 0 ? "" : text[(end + 1)..].Trim();
    }
}
