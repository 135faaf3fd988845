using System.CommandLine;
using System.Globalization;
using Models.Budget;
using Models.Catalogue;
using Models.Generation;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static Command RecommendCommand(Func<ModelStore> store)
    {
        var memory = new Option<string?>("--memory") { Description = "Advise as if so much memory were available, such as 2GB; by default what is.", HelpName = "SIZE" };
        memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ByteSize.TryParse(text, out _)) result.AddError($"--memory takes a size such as 2GB or 512MiB, and '{text}' is none.");
        });
        var json = JsonOption("an array of objects");
        var command = new Command("recommend", "Read this machine and name models that fit it, with how fast they would be. On a terminal one key pulls one.") { memory, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var machine = parsed.GetValue(memory) is { } text && ByteSize.TryParse(text, out var bytes) ? MemorySnapshot.Of(bytes) : MachineMemory.Here.Read();
            using var host = new ModelHost(store(), new EngineOptions());
            var all = await MachineAdvice.MakeAsync(host, machine, cancellation);
            if (parsed.GetValue(json))
            {
                WriteJson(terminal, [.. all.Select(Entry)], ModelsJson.Default.ListAdviceEntry);
                return ExitCode.Ok;
            }
            terminal.WriteLine($"This machine: {Environment.ProcessorCount} cores, {ByteSize.Format(MemoryPlan.BudgetOf(machine))} of memory for models, {ByteSize.Format(Disk.FreeSpace(store().Home))} of disk free. Models as of {ModelCatalogue.Date}.");
            terminal.WriteTable(["", "NAME", "PARAMETERS", "DOWNLOAD", "MEMORY", "ABOUT", "LICENCE", ""], [.. all.Select((advice, i) => new[]
            {
                advice.Obstacle is null && i < MostKeys ? $"{i + 1}" : "", advice.Model.Name, Count(advice.Model.Parameters), ByteSize.Format(advice.Model.DownloadBytes), ByteSize.Format(advice.MemoryBytes),
                advice.TokensPerSecond is { } speed ? string.Create(CultureInfo.InvariantCulture, $"{speed:0} tokens/s") : "not measured", advice.Model.License,
                advice.Obstacle ?? (i == 0 && advice.IsComfortable ? "recommended" : advice.IsComfortable ? "" : "slow, or short of context"),
            })]);
            var fitting = all.Take(MostKeys).Where(advice => advice.Obstacle is null).ToList();
            if (fitting.Count == 0)
            {
                terminal.Note("None of them fits now: free some memory or disk.");
                return ExitCode.Ok;
            }
            if (!ReferenceEquals(terminal.Output, Console.Out) || Console.IsInputRedirected || Console.IsOutputRedirected)
            {
                terminal.Note($"Get one with `appliance models pull {fitting[0].Model.Name}`.");
                return ExitCode.Ok;
            }
            terminal.Output.Write($"1 to {fitting.Count} pulls one, any other key leaves. ");
            var key = Console.ReadKey(intercept: true).KeyChar;
            terminal.WriteLine();
            return key >= '1' && key - '1' < fitting.Count ? await PullAsync(store(), fitting[key - '1'].Model.Name, null, "auto", json: false, terminal, cancellation) : ExitCode.Ok;
        });
        return command;
    }

    // One key each.
    private const int MostKeys = 9;

    private static AdviceEntry Entry(ModelAdvice advice) => new(
        advice.Model.Name, advice.Model.Source, advice.Model.Parameters, advice.Model.DownloadBytes, advice.MemoryBytes, advice.ContextLength,
        advice.TokensPerSecond is { } speed ? Math.Round(speed, 1) : null, advice.Model.License, advice.Obstacle is null, advice.IsComfortable, advice.Obstacle);
}

/// <summary>One model of what <c>recommend --json</c> prints; sizes in bytes.</summary>
internal sealed record AdviceEntry(
    string Name, string Source, long Parameters, long DownloadBytes, long MemoryBytes, int ContextLength, double? TokensPerSecond, string License, bool Fits, bool IsComfortable, string? Obstacle);
