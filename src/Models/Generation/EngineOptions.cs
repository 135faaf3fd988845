using System.Globalization;
using Models.Budget;
using Models.Onnx.Attention;

namespace Models.Generation;

/// <summary>Which engine runs a model.</summary>
public enum Engine
{
    /// <summary>Our own loop over ONNX Runtime, which is inside this binary.</summary>
    Onnx,

    /// <summary>ONNX Runtime GenAI, where its library is installed (DirectML and CUDA boxes).</summary>
    GenAi,
}

/// <summary>How the engine uses this machine. Immutable.</summary>
public sealed record EngineOptions
{
    /// <summary>Which engine runs the model.</summary>
    public Engine Engine { get; init; }

    /// <summary>Threads that work on one step, by default one per physical core: memory bandwidth, not arithmetic, bounds decode.</summary>
    public int Threads { get; init; } = ReadThreads();

    /// <summary>How hard models may work just now; null for as hard as they can.</summary>
    public WorkPace? Pace { get; init; }

    /// <summary>Threads of a model that is loaded now.</summary>
    internal int ThreadsNow => Math.Min(Threads, Pace?.MostThreads ?? int.MaxValue);

    /// <summary>
    /// Whether threads spin between operators. On by default: without it decode reaches 62 tokens/s instead of 74 on the reference
    /// machine (2 cores, 0.5B int4); they stop by themselves a moment after the last step.
    /// </summary>
    public bool Spin { get; init; } = Environment.GetEnvironmentVariable("APPLIANCE_SPIN") != "0";

    /// <summary>
    /// Whether int4 weights are copied from the mapped file into memory of our own, which is faster; null decides by the memory that is free.
    /// </summary>
    public bool? PackWeights { get; init; }

    /// <summary>Prompt tokens that go through the model in one run: longer is a little faster, shorter needs less memory.</summary>
    public int PrefillChunk { get; init; } = 256;

    /// <summary>Longest context to make room for, tokens; null takes the model's own. Memory is only used as far as tokens come in.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Generations that may wait for their turn; more are refused, with the time after which to try again.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>Prompt tokens that go into one step while others are answering: what a long prompt may hold them up for.</summary>
    public int SharedPrefillChunk { get; init; } = 96;

    /// <summary>Whether tokens are guessed ahead where the text repeats itself; never changes what comes out.</summary>
    public bool Drafts { get; init; } = true;

    /// <summary>Most sequences in one step; null leaves it to the memory plan, and is 8 without one.</summary>
    public int? Sequences { get; init; }

    /// <summary>How keys and values are kept; null leaves it to the memory plan, and is float32 without one.</summary>
    public KvType? KvType { get; init; }

    /// <summary>Bytes all keys and values may take, in use and retained; null makes room for every sequence's whole context. The memory plan's, not the owner's.</summary>
    public long? KvPoolBytes { get; init; }

    /// <summary>Of those, bytes that may be retained for prompts that begin alike; null sets no bound.</summary>
    public long? RetainedBytes { get; init; }

    /// <summary>Hears in one sentence of what went wrong without stopping anything; set where what is computed is to be kept across restarts.</summary>
    public Action<string>? KeepWarm { get; init; }

    /// <summary>The owner's word on keeping what is computed across restarts: off where <c>APPLIANCE_WARM</c> is 0.</summary>
    public static bool WarmAllowed => Environment.GetEnvironmentVariable("APPLIANCE_WARM") != "0";

    /// <summary>What these options ask of a memory plan.</summary>
    public MemoryWishes Wishes => new() { ContextLength = ContextLength, Sequences = Sequences, KvType = KvType, PrefillChunk = PrefillChunk };

    /// <summary>The same options with what a plan gives.</summary>
    public EngineOptions With(MemoryPlan plan) => this with
    {
        ContextLength = plan.ContextLength,
        Sequences = plan.Sequences,
        KvType = plan.KvType,
        PrefillChunk = plan.PrefillChunk,
        KvPoolBytes = plan.KvPoolBytes,
        RetainedBytes = plan.RetainedBytes,
    };

    private static int ReadThreads() =>
        int.TryParse(Environment.GetEnvironmentVariable("APPLIANCE_THREADS"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 1024
            ? n
            : Math.Max(1, Math.Min(Environment.ProcessorCount, PhysicalCores()));

    private static int PhysicalCores()
    {
        try
        {
            var siblings = Directory.EnumerateDirectories("/sys/devices/system/cpu", "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct()
                .Count();
            return siblings > 0 ? siblings : Environment.ProcessorCount;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }
}
