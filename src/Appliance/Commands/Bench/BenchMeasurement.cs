using System.Diagnostics;
using Models.Budget;
using Models.Generation;
using Models.Generation.Kv;
using Models.Store;
using Runtime.Hardware.Power;

namespace Appliance.Commands.Bench;

/// <summary>The measuring of <c>appliance bench</c>: one model, loaded twice.</summary>
internal sealed class BenchMeasurement(ModelStore store, InstalledModel model, EngineOptions options, Action<string> say)
{
    // Tokens that follow a known prompt when its first token is measured.
    private const int KnownTail = 1;

    private readonly Random _random = new(1);

    /// <summary>Measures everything.</summary>
    public async Task<BenchReport> RunAsync(int prompt, int generate, int rounds, CancellationToken cancellation)
    {
        var plan = MemoryPlan.Make(model.Manifest.Name, ModelFootprint.Of(model), MachineMemory.Here.Read(), options.Wishes);
        // What is kept for the second load must not take the place of what the owner's conversations left.
        var folder = Directory.CreateTempSubdirectory("appliance-bench-");
        try
        {
            var archive = KvArchiveOptions.For(store, model, say) with { Path = Path.Combine(folder.FullName, "bench.kv") };
            LocalLanguageModel Load(bool drafts) => new(model.Manifest.Name, model.Folder, options.With(plan) with { Drafts = drafts }, archive);

            var clock = Stopwatch.StartNew();
            using var plain = Load(drafts: false);
            var load = clock.Elapsed;
            // What the model's context has room for.
            prompt = Math.Min(prompt, plain.ContextLength - KnownTail - 1);
            generate = Math.Min(generate, plain.ContextLength - 2);
            var known = Tokens(plain, prompt);
            var loaded = MachineMemory.Resident;
            say("measuring one answer");
            // The first run touches every weight and every buffer once; it is not counted.
            await TimeAsync(plain, known, 2, cancellation);
            double[] prefill = new double[rounds], decode = new double[rounds], cold = new double[rounds], warm = new double[rounds];
            var meter = new PowerMeter().Start();
            for (var round = 0; round < rounds; round++)
            {
                var timings = await TimeAsync(plain, Tokens(plain, prompt), 1, cancellation);
                prefill[round] = prompt / timings.Prefill.TotalSeconds;
                cold[round] = timings.Prefill.TotalMilliseconds;
                timings = await TimeAsync(plain, Tokens(plain, 1), generate + 1, cancellation);
                decode[round] = generate / timings.Decode.TotalSeconds;
                warm[round] = (await TimeAsync(plain, [.. known, .. Tokens(plain, KnownTail)], 1, cancellation)).Prefill.TotalMilliseconds;
            }
            var watts = meter.Watts();
            var peak = MachineMemory.PeakResident;
            say("measuring several answers at once");
            var streams = new List<StreamRate>();
            foreach (var count in (int[])[2, 4, 8]) streams.Add(new StreamRate(count, await RateAsync(plain, count, generate, rounds, cancellation)));

            say("loading it again");
            // Of all this the known prompt was used last.
            await TimeAsync(plain, [.. known, .. Tokens(plain, KnownTail)], 1, cancellation);
            plain.Dispose();
            using var again = Load(drafts: true);
            var restored = await TimeAsync(again, [.. known, .. Tokens(again, KnownTail)], 1, cancellation);
            var drafted = new double[rounds];
            for (var round = 0; round < rounds; round++)
                drafted[round] = generate / (await TimeAsync(again, Tokens(again, 1), generate + 1, cancellation)).Decode.TotalSeconds;
            return new BenchReport
            {
                Model = model.Manifest.Name,
                PromptTokens = prompt,
                GeneratedTokens = generate,
                Rounds = rounds,
                LoadMs = load.TotalMilliseconds,
                PrefillTokensPerSecond = Median(prefill),
                DecodeTokensPerSecond = Median(decode),
                DraftedTokensPerSecond = Median(drafted),
                Streams = streams,
                FirstTokenMs = Median(cold),
                WarmFirstTokenMs = Median(warm),
                RestoredFirstTokenMs = Math.Round(restored.Prefill.TotalMilliseconds, 2),
                Watts = watts,
                LoadedBytes = loaded,
                PeakBytes = peak,
                Fits = [.. store.List().Where(installed => installed.Manifest.Kind == ModelKind.Decoder).Select(Fit)],
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A prompt nobody has computed: random tokens, so nothing of it is known.
    private int[] Tokens(LocalLanguageModel of, int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(of.Tokenizer.VocabularySize))];

    private static async Task<GenerationTimings> TimeAsync(LocalLanguageModel of, int[] prompt, int make, CancellationToken cancellation)
    {
        GenerationTimings? timings = null;
        await foreach (var step in of.GenerateAsync(prompt, new GenerationOptions { MaxTokens = make, IgnoreEndOfAnswer = true }, cancellation)) timings = step.Timings;
        return timings!;
    }

    // All tokens but the first of each, over the time from the last first token to the end.
    private async Task<double> RateAsync(LocalLanguageModel of, int streams, int generate, int rounds, CancellationToken cancellation)
    {
        var rates = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var timings = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => TimeAsync(of, Tokens(of, 1), generate + 1, cancellation)));
            rates[round] = streams * generate / (clock.Elapsed - timings.Max(timing => timing.Prefill)).TotalSeconds;
        }
        return Median(rates);
    }

    private ModelFit Fit(InstalledModel installed)
    {
        var plan = MemoryPlan.TryMake(ModelFootprint.Of(installed), MachineMemory.Here.Read(), options.Wishes);
        return new ModelFit(installed.Manifest.Name, plan?.ContextLength, plan?.Total);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return Math.Round((values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2, 2);
    }
}
