using System.Collections.Concurrent;
using System.Threading.Channels;
using Models.Generation;
using Models.Generation.Scheduling;
using Models.Store;
using Models.Tokens;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation.Scheduling;

/// <summary>Generations that run together, on real trained weights: each gets what it would get alone.</summary>
public sealed class SchedulerTests(ITestOutputHelper output)
{
    [SharedTheory("models/golden")]
    [InlineData("stories260K", true, 1, null)]
    [InlineData("stories260K", false, 5, null)]
    [InlineData("stories260K", true, 5, 40)]
    [InlineData("tinystories-656k", true, 8, null)]
    [InlineData("tinystories-656k", false, 3, 40)]
    public async Task AnyInterleaving_GivesEveryoneTheGoldenTokens(string name, bool drafts, int sequences, int? blocks)
    {
        using var folder = new TemporaryFolder();
        GoldenModels.Import(folder, name);
        using var model = new LocalLanguageModel(name, folder.Path, new EngineOptions
        {
            Drafts = drafts,
            Sequences = sequences,
            PrefillChunk = 48,
            SharedPrefillChunk = 16,
            // So few that some have to give way and come again.
            KvPoolBytes = blocks is { } few ? few * GoldenModels.BlockBytes(folder) : null,
            ContextLength = 320,
        });
        var golden = GoldenModels.Cases(name).ToArray();
        var random = new Random(sequences);
        for (var round = 0; round < 4; round++)
        {
            var started = Enumerable.Range(0, 12).Select(async _ =>
            {
                var (prompt, tokens) = golden[random.Next(golden.Length)];
                // Some come with the beginning of an answer, as after an edit or a turn before; some leave in the middle.
                var known = random.Next(2) * random.Next(tokens.Length - 1);
                var most = random.Next(1, tokens.Length - known + 1);
                var leaves = random.Next(3) == 0 ? random.Next(1, most + 1) : int.MaxValue;
                var got = await Tokens(model, [.. prompt, .. tokens[..known]], most, leaves);
                Assert.Equal(tokens[known..(known + Math.Min(most, got.Length))], got);
                Assert.Equal(Math.Min(most, leaves), got.Length);
            }).ToArray();
            await Task.WhenAll(started);
        }
    }

    [SharedFact("models/golden")]
    public async Task Submit_TwoHundredAtOnce_RefusesWithARetryHintWhatIsTooMuch()
    {
        using var folder = new TemporaryFolder();
        using var model = GoldenModels.Load(folder, "stories260K", new EngineOptions { Sequences = 4, QueueLength = 64 });
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (served, refused) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            await gate.Task;
            try
            {
                Assert.Equal(tokens[..40], await Tokens(model, prompt, 40));
                Interlocked.Increment(ref served);
            }
            catch (GenerationException e)
            {
                Assert.InRange(e.RetryAfter!.Value.TotalSeconds, 1, 120);
                Interlocked.Increment(ref refused);
            }
        }).Append(Task.Run(gate.SetResult)));
        Assert.Equal(200, served + refused);
        Assert.True(served >= 64, $"{served} served");
        output.WriteLine($"figure: 200 requests at once on a queue of 64: {served} served, {refused} refused with a time to try again");
        Assert.Equal(tokens[..40], await Tokens(model, prompt, 40));
    }

    [SharedFact("models/golden")]
    public async Task Step_WhileOthersAnswer_TakesOnlyAPieceOfAPrompt()
    {
        using var harness = new Harness(new EngineOptions { Sequences = 3, PrefillChunk = 64, SharedPrefillChunk = 16, Drafts = false });
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        var first = harness.Start(prompt, 400);
        await first.Steps.ReadAsync();
        var second = harness.Start([.. prompt, .. tokens[..120]], 5);
        await second.All();
        await first.All();

        // Rows of each step: the answer's one, and of the prompt no more than a piece.
        Assert.Contains(harness.Steps, step => step.Length == 2);
        Assert.All(harness.Steps.Where(step => step.Length == 2), step => Assert.InRange(step.Max(part => part.Rows), 1, 16));
    }

    [SharedFact("models/golden")]
    public async Task Admit_WhenOneRuns_TakesWhomSomebodyWaitsForFirst()
    {
        using var harness = new Harness(new EngineOptions { Sequences = 1 });
        var (prompt, _) = GoldenModels.Cases("stories260K").First();
        var first = harness.Start(prompt, 100);
        await first.Steps.ReadAsync();
        // Each has a last token of its own, by which its step is known.
        var rest = new[] { (RunPriority.Background, 509), (RunPriority.ToolLoop, 510), (RunPriority.Interactive, 511) }
            .Select(run => harness.Start([.. prompt, run.Item2], 2, run.Item1)).ToArray();
        foreach (var run in rest) await run.All();
        Assert.Equal([511, 510, 509], harness.Steps.Select(step => step[0].Last).Where(token => token is 509 or 510 or 511).Distinct());
    }

    [SharedFact("models/golden")]
    public async Task Pace_AQuarterOfTheTime_RestsThriceAsLongAsEveryStepTook()
    {
        var pace = new WorkPace { Duty = 0.25 };
        using var harness = new Harness(new EngineOptions { Sequences = 1, Pace = pace });
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(tokens[..40], await harness.Start(prompt, 40).All());
        var wall = clock.Elapsed;
        // After the last step nobody waits for the rest, and less than a millisecond is owed.
        var rested = harness.Times.SkipLast(1).Aggregate(TimeSpan.Zero, (sum, time) => sum + 3 * time);
        Assert.InRange(wall, rested - TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMilliseconds(500)), (new WorkPace().RestAfter(1000), pace.RestAfter(long.MaxValue / 1000)));
    }

    [SharedFact("models/golden")]
    public async Task Cancel_InTheMiddle_FreesItsPlaceAtOnce()
    {
        using var harness = new Harness(new EngineOptions { Sequences = 1 });
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        using var stop = new CancellationTokenSource();
        var first = harness.Start(prompt, 200, cancellation: stop.Token);
        await first.Steps.ReadAsync();
        var second = harness.Start(prompt, 10);
        await stop.CancelAsync();
        Assert.Equal(tokens[..10], await second.All());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(first.All);
        Assert.Equal(0, harness.Scheduler.Load);
    }

    [SharedFact("models/golden")]
    public async Task Start_SamePromptAtOnce_IsComputedOnce()
    {
        using var harness = new Harness(new EngineOptions { Sequences = 4, PrefillChunk = 64, Drafts = false });
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        int[] text = [.. prompt, .. tokens[..190]];
        var runs = Enumerable.Range(0, 4).Select(i => harness.Start([.. text, 1 + i], 3)).ToArray();
        foreach (var run in runs) await run.All();
        // Each of the four has at most what does not fill a block, its own last token, and its answer to compute itself.
        Assert.InRange(harness.Steps.Sum(step => step.Sum(part => part.Rows)), text.Length, text.Length + 4 * (32 + 4));
    }

    private static async Task<int[]> Tokens(LocalLanguageModel model, int[] prompt, int most, int leaveAfter = int.MaxValue)
    {
        var tokens = new List<int>();
        await foreach (var step in model.GenerateAsync(prompt, new() { MaxTokens = most, IgnoreEndOfAnswer = true }))
        {
            if (step.Token is { } token) tokens.Add(token);
            if (tokens.Count == leaveAfter) break;
        }
        return [.. tokens];
    }

    /// <summary>A scheduler over a real engine whose steps are noted.</summary>
    private sealed class Harness : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Tokenizer _tokenizer;

        public Harness(EngineOptions options)
        {
            GoldenModels.Import(_folder, "stories260K");
            _tokenizer = Tokenizer.FromFolder(_folder.Path);
            var decoder = new OnnxDecoder(_folder.Path, GenAiConfig.Read(_folder.Path), 512, options);
            Scheduler = new Scheduler("test", new Noting(decoder, Steps, Times), options);
        }

        public Scheduler Scheduler { get; }

        /// <summary>Of each step, how many tokens each part has, and its last one.</summary>
        public ConcurrentQueue<(int Rows, int Last)[]> Steps { get; } = [];

        /// <summary>How long each took.</summary>
        public ConcurrentQueue<TimeSpan> Times { get; } = [];

        public Started Start(int[] prompt, int most, RunPriority priority = default, CancellationToken cancellation = default)
        {
            var steps = Channel.CreateUnbounded<GenerationStep>();
            var options = new GenerationOptions { Priority = priority };
            Scheduler.Submit(new GenerationRun(
                prompt, options, new AnswerText(_tokenizer, [], null), () => null, new HashSet<int>(), most, Scheduler.Costs, steps.Writer, cancellation));
            return new Started(steps.Reader);
        }

        public void Dispose()
        {
            Scheduler.Dispose();
            _folder.Dispose();
        }
    }

    [SharedFact("models/golden")]
    public async Task Pulse_OfModelsThatAreUnloadedMeanwhile_EndsAllTheSame()
    {
        using var folder = new TemporaryFolder();
        GoldenModels.Import(folder, "stories260K");
        for (var round = 0; round < 10; round++)
        {
            var model = new LocalLanguageModel("stories260K", folder.Path, new EngineOptions());
            var pulses = Task.Run(async () =>
            {
                try { while (true) await model.PulseAsync(); }
                catch (ObjectDisposedException) { }
            });
            model.Dispose();
            await pulses.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private sealed record Started(ChannelReader<GenerationStep> Steps)
    {
        public async Task<int[]> All()
        {
            var tokens = new List<int>();
            await foreach (var step in Steps.ReadAllAsync())
                if (step.Token is { } token) tokens.Add(token);
            return [.. tokens];
        }
    }

    private sealed class Noting(IDecoder decoder, ConcurrentQueue<(int Rows, int Last)[]> steps, ConcurrentQueue<TimeSpan> times) : IDecoder
    {
        public int VocabularySize => decoder.VocabularySize;
        public int Capacity => decoder.Capacity;
        public int MostSequences => decoder.MostSequences;
        public int MostTokens => decoder.MostTokens;
        public int MostLogits => decoder.MostLogits;
        public ISequence CreateSequence() => decoder.CreateSequence();
        public Span<float> Logits(int row) => decoder.Logits(row);
        public void Dispose() => decoder.Dispose();

        public void Run(ReadOnlySpan<StepPart> parts, CancellationToken cancellation)
        {
            var step = new (int, int)[parts.Length];
            for (var i = 0; i < step.Length; i++) step[i] = (parts[i].Tokens.Length, parts[i].Tokens.Span[^1]);
            steps.Enqueue(step);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            decoder.Run(parts, cancellation);
            times.Enqueue(System.Diagnostics.Stopwatch.GetElapsedTime(began));
        }
    }
}
