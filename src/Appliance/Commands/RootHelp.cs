using System.CommandLine;
using System.CommandLine.Invocation;

namespace Appliance.Commands;

/// <summary>The help of the program itself, as a short guide: commands by what one wants to do, and examples. Each command's own help is the library's.</summary>
internal sealed class RootHelp(CommandLineAction others) : SynchronousCommandLineAction
{
    private static readonly (string Title, string[] Commands)[] Groups =
    [
        ("Talk", ["chat", "run", "agent"]),
        ("Models", ["models", "router", "bench"]),
        ("The server", ["serve", "gateway", "status", "health", "dashboard", "logs", "monitor", "profile"]),
        ("Who and what is in it", ["agents", "sessions", "approvals", "cron", "outbox", "memory", "reflexes", "skills", "mcp", "devices", "pairing", "nodes", "people", "call"]),
        ("Settings and care", ["config", "doctor", "security", "audit", "offline", "onboard", "backup", "migrate", "install", "update", "uninstall", "first-boot"]),
    ];

    private static readonly (string Line, string What)[] Examples =
    [
        ("appliance", "talk with the box, at once"),
        ("appliance models recommend", "larger models that fit this machine"),
        ("appliance models pull qwen2.5-0.5b", "get one of them"),
        ("appliance chat", "talk with a model alone, without tools"),
        ("appliance serve", "let apps and APIs in, on 127.0.0.1:18789"),
        ("appliance agent -m \"Good morning\"", "say something to the running gateway"),
        ("appliance sessions list --json", "what programs read"),
    ];

    /// <summary>Puts it in the place of the library's own help of the program.</summary>
    public static void Use(RootCommand root)
    {
        var help = root.Options.OfType<System.CommandLine.Help.HelpOption>().Single();
        help.Action = new RootHelp(help.Action!);
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not RootCommand root) return ((SynchronousCommandLineAction)others).Invoke(parseResult);
        var terminal = Terminal.Of(parseResult);
        terminal.WriteLine(root.Description!);
        terminal.WriteLine();
        terminal.WriteLine("Usage: appliance [COMMAND] [OPTIONS]     without a command: talk; appliance COMMAND --help says more");
        var grouped = Groups.SelectMany(group => group.Commands).ToHashSet();
        foreach (var (title, names) in Groups.Append(("More", [.. root.Subcommands.Select(command => command.Name).Where(name => !grouped.Contains(name))])))
        {
            terminal.WriteLine();
            terminal.Output.WriteLine(terminal.Bold(title));
            foreach (var name in names)
            {
                if (root.Subcommands.FirstOrDefault(command => command.Name == name) is { } command) terminal.WriteLine($"  {name,-11} {FirstSentence(command.Description ?? "")}");
            }
        }
        terminal.WriteLine();
        terminal.Output.WriteLine(terminal.Bold("Examples"));
        foreach (var (line, what) in Examples) terminal.WriteLine($"  {line,-58} {what}");
        terminal.WriteLine();
        terminal.WriteLine("State lives in ~/.appliance, or where APPLIANCE_HOME says. Exit codes: 0 it worked, 1 it failed and the message says why,");
        terminal.WriteLine("2 the command line was wrong, 3 no gateway runs and the command needs one, 130 Ctrl-C.");
        return ExitCode.Ok;
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;
}
