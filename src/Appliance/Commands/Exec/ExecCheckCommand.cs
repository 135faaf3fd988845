using System.CommandLine;
using System.Text.Json;
using Models;
using Runtime.Exec;
using Runtime.Exec.Paths;

namespace Appliance.Commands.Exec;

/// <summary><c>appliance exec check</c>: reads commands, one JSON string a line, and prints what would become of each. Runs nothing.</summary>
internal static class ExecCheckCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var allow = new Option<string[]>("--allow") { AllowMultipleArgumentsPerToken = true, Description = "Programs that may run without asking, separated by commas: git,ls,\"python3 scripts/*.py\". Without it: those that only read.", HelpName = "LIST" };
        var workspace = new Option<string?>("--workspace") { Description = "The folder that commands may read. Without it: the current one.", HelpName = "FOLDER" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line: verdict (allow, ask, deny), reason, argv." };
        var command = new Command("check", "Read commands from the input, one JSON string a line, and say what would become of each. Nothing is run.") { allow, workspace, json };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = new Workspace(parsed.GetValue(workspace) ?? Directory.GetCurrentDirectory());
            var list = parsed.GetValue(allow) is { Length: > 0 } lists ? AllowList.Parse(string.Join(',', lists)) : AllowList.Readers;
            var policy = new ExecPolicy(folder, list, new ProgramFinder(folder, Environment.GetEnvironmentVariable("PATH")));
            return CheckAsync(policy, Console.In, parsed.InvocationConfiguration.Output, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    internal static async Task<int> CheckAsync(ExecPolicy policy, TextReader input, TextWriter output, bool json, CancellationToken cancellation)
    {
        while (await input.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length == 0) continue;
            var decision = Decide(policy, line);
            if (json) await output.WriteLineAsync(ExecDecisionJson.Write(decision));
            else await output.WriteLineAsync($"{decision.Verdict.ToString().ToLowerInvariant(),-5}  {decision.Reason}");
        }
        await output.FlushAsync(cancellation);
        return ExitCode.Ok;
    }

    private static ExecDecision Decide(ExecPolicy policy, string line)
    {
        try
        {
            return policy.Decide(ExecRequestJson.Read(line));
        }
        catch (Exception e) when (e is JsonException or ModelException or InvalidOperationException)
        {
            // What cannot be read is not run: the line after it still gets its answer.
            return new ExecDecision(ExecVerdict.Deny, $"The line is no JSON string: {e.Message}", []);
        }
    }
}
