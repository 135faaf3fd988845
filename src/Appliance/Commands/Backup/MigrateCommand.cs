using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Migration;
using Models;
using Models.Store;

namespace Appliance.Commands.Backup;

/// <summary><c>appliance migrate openclaw</c>: from OpenClaw to here. Shows what it would do, and does it when told.</summary>
internal static class MigrateCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home)
    {
        var path = new Argument<string?>("path") { HelpName = "PATH", Description = "OpenClaw's state folder; by default ~/.openclaw.", Arity = ArgumentArity.ZeroOrOne };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do it. Without this the plan is shown and nothing is done." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var openClaw = new Command("openclaw", "Take over settings, workspaces with their memory, and conversations of an OpenClaw. Its folder is only read; what is here already stays.") { path, yes, json };
        openClaw.SetAction(parsed =>
        {
            var source = Path.GetFullPath(parsed.GetValue(path) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".openclaw"));
            var plan = OpenClawMigration.Plan(source, home(), TimeProvider.System);
            return Run(plan, parsed.GetValue(yes), parsed.GetValue(json), Terminal.Of(parsed));
        });
        return new Command("migrate", "Move here from another program.") { openClaw };
    }

    private static int Run(MigrationPlan plan, bool doIt, bool json, Terminal terminal)
    {
        List<MigrationEntry> entries = [];
        var failed = false;
        foreach (var step in plan.Steps)
        {
            string? result = null;
            try { if (doIt) result = step.Do() ?? "done"; }
            catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
            {
                (failed, result) = (true, $"failed: {e.Message}");
            }
            entries.Add(new MigrationEntry(step.Kind, step.From, step.To, result));
            if (!json) terminal.WriteLine($"{step.Kind,-10}  {step.From} → {step.To}{(result is null ? "" : $": {result}")}");
        }
        if (json) terminal.Output.WriteLine(JsonSerializer.Serialize(new MigrationReport(plan.Source, doIt, entries, [.. plan.LeftOut.Select(l => new LeftOutEntry(l.What, l.Why))]), MigrationJson.Default.MigrationReport));
        else
        {
            foreach (var left in plan.LeftOut) terminal.WriteLine($"{"left out",-10}  {left.What}: {left.Why}");
            if (!doIt) terminal.Note(plan.Steps.Count == 0 ? "There is nothing to take over." : "Nothing was done. Say the same with --yes to do it.");
        }
        return failed ? ExitCode.Error : ExitCode.Ok;
    }
}

/// <summary>What <c>migrate --json</c> prints.</summary>
internal sealed record MigrationReport(string Source, bool Done, IReadOnlyList<MigrationEntry> Steps, IReadOnlyList<LeftOutEntry> LeftOut);

/// <summary>One step; <c>result</c> where it was done.</summary>
internal sealed record MigrationEntry(string Kind, string From, string To, string? Result);

/// <summary>What stays behind.</summary>
internal sealed record LeftOutEntry(string What, string Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MigrationReport))]
internal sealed partial class MigrationJson : JsonSerializerContext;
