using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Models;

namespace Appliance.Commands.Offline;

/// <summary><c>appliance offline enforce</c> and <c>release</c>: the kernel's packet filter, which root alone can set.</summary>
internal static partial class OfflineRulesCommands
{
    /// <summary>Puts the rules into force, or prints them.</summary>
    public static Command Enforce()
    {
        var user = new Option<uint?>("--user") { Description = "The number of the user the gateway runs as; whoever called sudo by default.", HelpName = "UID" };
        var cgroup = new Option<string?>("--cgroup") { Description = "A cgroup instead, such as system.slice/appliance.service; it must be there.", HelpName = "PATH" };
        var print = new Option<bool>("--print") { Description = "Print the rules and set nothing; this needs no root." };
        var command = new Command("enforce", "Let the kernel's packet filter (nftables) refuse all that the gateway's user sends to other machines, name servers included, until the next boot. Needs root.") { user, cgroup, print };
        command.SetAction(parsed =>
        {
            var rules = parsed.GetValue(cgroup) is { } path ? PacketRules.OfCgroup(path) : PacketRules.OfUser(parsed.GetValue(user) ?? Caller());
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(print))
            {
                terminal.Output.Write(rules);
                return ExitCode.Ok;
            }
            PacketRules.Enforce(rules);
            terminal.WriteLine($"in force: the table inet {PacketRules.Table} refuses what leaves this machine (`appliance offline release` takes it away, and so does a boot)");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Takes them away.</summary>
    public static Command Release()
    {
        var command = new Command("release", "Take the rules of the packet filter away. Needs root.");
        command.SetAction(parsed =>
        {
            PacketRules.Release();
            Terminal.Of(parsed).WriteLine("released: packets are not held back any more; offline mode itself is as it was");
            return ExitCode.Ok;
        });
        return command;
    }

    // Root is nobody's user here: what the whole machine does would be cut off.
    private static uint Caller()
    {
        if (uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), NumberStyles.None, CultureInfo.InvariantCulture, out var caller) && caller != 0) return caller;
        return UserId() is not 0 and var user ? user : throw new ModelException("Rules for root would hold the whole machine back. Name the gateway's user with --user, or its cgroup with --cgroup.");
    }

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint UserId();
}
