using System.CommandLine;
using System.Text;
using Appliance.Gateway.Protocol;
using Appliance.Update.Health;

namespace Appliance.Commands.Update;

internal static partial class UpdateCommand
{
    private const int UsualPatience = 120;

    private static Command HealthCommand(Func<string> home)
    {
        var within = new Option<int>("--within") { HelpName = "SECONDS", DefaultValueFactory = _ => UsualPatience, Description = "How long it may take until all is well." };
        within.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600) result.AddError("--within takes 1 to 3600 seconds.");
        });
        var command = new Command("health", "Exit 0 when the service is ready, a model of this box answers a question, and a tool works; 1, and say what does not, when the time is over.") { within, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var steps = await new HealthGate(home(), TimeProvider.System).WaitAsync(TimeSpan.FromSeconds(parsed.GetValue(within)), cancellation);
            var (terminal, ok) = (Terminal.Of(parsed), steps.All(step => step.IsOk));
            if (parsed.GetValue(Json)) terminal.Output.WriteLine(Encoding.UTF8.GetString(FrameWriter.Object(to => to.Add("ok", ok).Add("steps", steps))));
            else foreach (var step in steps) terminal.WriteLine($"{step.Name,-6} {(step.IsOk ? "ok" : "NOT WELL")}: {step.What}");
            return ok ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }
}
