using System.CommandLine;
using System.Globalization;
using System.Text;
using Appliance.Gateway.Protocol;
using Appliance.Update;
using Appliance.Update.Slots;

namespace Appliance.Commands.Update;

/// <summary><c>appliance update</c>: new versions of this program, what they have to pass, and the way back.</summary>
internal static partial class UpdateCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    /// <summary>The command, working on the service's home and this program's slots.</summary>
    public static Command Create() => Create(() => UpdateHome.Path, () => SlotFolder.Here);

    /// <summary>The same, working on others.</summary>
    internal static Command Create(Func<string> home, Func<SlotFolder?> slots) => new(
        "update", "Look for a new version, take it, go back. What is taken is signed; it is tried, has to prove itself, and goes back by itself where it does not.")
    {
        StatusCommand(slots), CheckCommand(home, slots), ApplyCommand(home, slots), FromCommand(home, slots), RollbackCommand(slots), ChannelCommand(slots), TrustCommand(slots), HealthCommand(home, slots), SlotCommand(home, slots),
    };

    private static Command StatusCommand(Func<SlotFolder?> slots)
    {
        var command = new Command("status", "Show which version runs, what became of the last update, and where updates come from.") { Json };
        command.SetAction(parsed =>
        {
            var report = UpdateReport.Of(Require(slots));
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(Json)) Print(terminal, report.Write);
            else foreach (var (label, text) in report.Lines()) terminal.WriteLine($"{label,-9}  {text}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static SlotFolder Require(Func<SlotFolder?> slots) => slots() ?? throw new UpdateException(
        $"This program is not installed ({Environment.ProcessPath}), so it has nowhere to keep another version. `appliance install` installs it; {SlotFolder.Variable} names a folder otherwise.");

    private static void Print(Terminal terminal, Action<PayloadWriter> write) => terminal.Output.WriteLine(Encoding.UTF8.GetString(FrameWriter.Object(write)));

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
