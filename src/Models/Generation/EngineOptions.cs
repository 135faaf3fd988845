using System.Globalization;

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
