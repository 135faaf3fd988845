using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Models.Budget;
using Models.Generation;
using Models.Store;

namespace Appliance.Commands;

/// <summary><c>appliance bench</c>: what this box does with a model. Prefill and decode are measured apart, as llama-bench does.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var prompt = new Option<int>("--prompt", "-p") { Description = "Prompt tokens for the prefill.", HelpName = "N", DefaultValueFactory = _ => 512 };
        var generate = new Option<int>("--generate", "-g") { Description = "Tokens to decode.", HelpName = "N", DefaultValueFactory = _ => 128 };
        var rounds = new Option<int>("--rounds", "-r") { Description = "Repeat so often; the median counts.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        foreach (var option in new[] { prompt, generate, rounds })
            option.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError($"{option.Name} must be at least 1."); });
        var command = new Command("bench", "Measure load, prefill, decode, first token and memory of a model on this box.") { prompt, generate, rounds, json };
        var arguments = new GenerationArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var host = new ModelHost(new ModelStore(HomeFolder.Path), arguments.Engine(parsed));
            var report = await MeasureAsync(
                host, arguments.Model(parsed), parsed.GetValue(prompt), parsed.GetValue(generate), parsed.GetValue(rounds), cancellation);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
            else Print(report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<BenchReport> MeasureAsync(
        ModelHost host, string? name, int prompt, int generate, int rounds, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var model = await host.LoadAsync(name, cancellation);
        var load = clock.Elapsed;
        var loaded = MachineMemory.Resident;
        var random = new Random(1);

        // The first run touches every weight and every buffer once; it is not counted.
        await TimeAsync(prompt, 2);
        double[] prefill = new double[rounds], decode = new double[rounds], first = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var timings = await TimeAsync(prompt, 1);
            prefill[round] = prompt / timings.Prefill.TotalSeconds;
            first[round] = timings.Prefill.TotalMilliseconds;
            timings = await TimeAsync(1, generate + 1);
            decode[round] = generate / timings.Decode.TotalSeconds;
        }
        return new BenchReport(
            model.Name, prompt, generate, rounds, load.TotalMilliseconds, Median(prefill), Median(decode), Median(first), loaded, MachineMemory.PeakResident);

        // A prompt nobody has computed: random tokens, so nothing of it is in the cache.
        async Task<GenerationTimings> TimeAsync(int tokens, int make)
        {
            var ids = Enumerable.Range(0, tokens).Select(_ => random.Next(model.Tokenizer.VocabularySize)).ToArray();
            var options = new GenerationOptions { MaxTokens = make, IgnoreEndOfAnswer = true };
            GenerationTimings? timings = null;
            await foreach (var step in model.GenerateAsync(ids, options, cancellation)) timings = step.Timings;
            return timings!;
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return Math.Round((values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2, 2);
    }

    private static void Print(BenchReport report)
    {
        Line("model", report.Model);
        Line("load", $"{report.LoadMs:F0} ms");
        Line($"prefill {report.PromptTokens}", $"{report.PrefillTokensPerSecond:F1} tokens/s");
        Line($"decode {report.GeneratedTokens}", $"{report.DecodeTokensPerSecond:F1} tokens/s");
        Line("first token", $"{report.FirstTokenMs:F0} ms");
        Line("memory loaded", $"{report.LoadedBytes >> 20} MB");
        Line("memory peak", $"{report.PeakBytes >> 20} MB");
    }

    private static void Line(string name, string value) => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {value}"));
}

/// <summary>What <c>bench --json</c> prints; rates are medians over the rounds.</summary>
internal sealed record BenchReport(
    string Model, int PromptTokens, int GeneratedTokens, int Rounds, double LoadMs,
    double PrefillTokensPerSecond, double DecodeTokensPerSecond, double FirstTokenMs, long LoadedBytes, long PeakBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
