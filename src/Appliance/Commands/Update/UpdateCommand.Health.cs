using System.CommandLine;
using System.Text;
using Appliance.Gateway.Protocol;
using Appliance.Update.Health;
using Appliance.Update.Slots;

namespace Appliance.Commands.Update;

internal static partial class UpdateCommand
{
    private const int UsualPatience = 120;

    private static Command HealthCommand(Func<string> home, Func<SlotFolder?> slots)
    {
        var within = new Option<int>("--within") { HelpName = "SECONDS", DefaultValueFactory = _ => UsualPatience, Description = "How long it may take until all is well." };
        within.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600) result.AddError("--within takes 1 to 3600 seconds.");
        });
        var tried = new Option<bool>("--of-current") { Description = "Only where what answers is the program of the current slot, as the unit that commits a version asks.", Hidden = true };
        var command = new Command("health", "Exit 0 when the service is ready, a model of this box answers a question, and a tool works; 1, and say what does not, when the time is over.") { within, tried, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var steps = await new HealthGate(home(), TimeProvider.System) { Program = parsed.GetValue(tried) ? ProgramOf(Require(slots)) : null }.WaitAsync(TimeSpan.FromSeconds(parsed.GetValue(within)), cancellation);
            var (terminal, ok) = (Terminal.Of(parsed), steps.All(step => step.IsOk));
            if (parsed.GetValue(Json)) terminal.Output.WriteLine(Encoding.UTF8.GetString(FrameWriter.Object(to => to.Add("ok", ok).Add("steps", steps))));
            else foreach (var step in steps) terminal.WriteLine($"{step.Name,-6} {(step.IsOk ? "ok" : "NOT WELL")}: {step.What}");
            return ok ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    // The installed program is not in a slot; where it is current, it is this one.
    private static string? ProgramOf(SlotFolder slots) => slots.FileOf(slots.Current) ?? Environment.ProcessPath;
}
