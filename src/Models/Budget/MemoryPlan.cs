using Models.Onnx.Attention;

namespace Models.Budget;

/// <summary>
/// How a model uses the memory there is. A pure function of what the model needs, what the machine has and what the owner wishes. More
/// memory never gives less of anything: a plan is the highest rung of a ladder whose every rung gives at least what the one below gives.
/// </summary>
public sealed record MemoryPlan
{
    private const int LeastContext = 512;
    private const int LeastChunk = 64;
    private const int MostSequences = 8;

    // A second request should find room for a conversation of usual length beside the first.
    private const int UsualConversation = 2048;

    // Conversations beyond this are rare; up to it, precision comes before length, and after it length before precision.
    private const int LongConversation = 8192;

    // A pool holds whole blocks of 32 tokens.
    private const int Block = 32;

    private MemoryPlan() { }

    /// <summary>What the model needs.</summary>
    public required ModelFootprint Footprint { get; init; }

    /// <summary>Bytes it may use in all.</summary>
    public required long Budget { get; init; }

    /// <summary>Longest prompt plus answer, tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Most sequences in one step.</summary>
    public required int Sequences { get; init; }

    /// <summary>Prompt tokens of one step.</summary>
    public required int PrefillChunk { get; init; }

    /// <summary>How keys and values are kept.</summary>
    public required KvType KvType { get; init; }

    /// <summary>Bytes that keys and values take at work: one sequence of the whole context, and the others as long as conversations usually are.</summary>
    public required long WorkingKvBytes { get; init; }

    /// <summary>Bytes all keys and values may take, in use and retained; what is above <see cref="WorkingKvBytes"/> is only for prefixes.</summary>
    public required long KvPoolBytes { get; init; }

    /// <summary>Of those, bytes that may be retained for prompts that begin alike; a quarter stays free, so that a new prompt need not evict first.</summary>
    public long RetainedBytes => KvPoolBytes / 4 * 3;

    /// <summary>How long the model stays loaded after its last use; <see cref="Timeout.InfiniteTimeSpan"/> keeps it.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>Bytes at most: weights, pool and the buffers of one step.</summary>
    public long Total => Footprint.Fixed + Footprint.StepBytes(PrefillChunk, Sequences) + KvPoolBytes;

    /// <summary>Whether the context is shorter than the model, the owner and a usual conversation ask for.</summary>
    public required bool IsTight { get; init; }

    /// <summary>What stays free for the rest of the machine: a twentieth, 64 MB at least and 512 MB at most.</summary>
    public static long Reserve(long capacity) => Math.Clamp(capacity / 20, 64L << 20, 512L << 20);

    /// <summary>What a model may use of what there is.</summary>
    public static long BudgetOf(MemorySnapshot machine) => Math.Max(0, machine.Room - Reserve(machine.Capacity));

    /// <summary>How long models stay loaded on a machine where the owner says nothing: 30 minutes, 5 where memory is below 8 GB.</summary>
    public static TimeSpan DefaultKeepAlive(MemorySnapshot machine) => TimeSpan.FromMinutes(machine.Capacity >= 8_000_000_000 ? 30 : 5);

    /// <summary>Makes the plan.</summary>
    /// <param name="name">The model's name, for the refusal.</param>
    /// <param name="footprint">What it needs.</param>
    /// <param name="machine">What there is.</param>
    /// <param name="wishes">What the owner asks for.</param>
    /// <exception cref="MemoryException">Not even the least plan fits; the message has the numbers and what would fit.</exception>
    public static MemoryPlan Make(string name, ModelFootprint footprint, MemorySnapshot machine, MemoryWishes wishes) =>
        TryMake(footprint, machine, wishes) ?? throw Refusal(name, footprint, machine, wishes);

    /// <summary>The same, with null for a refusal.</summary>
    public static MemoryPlan? TryMake(ModelFootprint footprint, MemorySnapshot machine, MemoryWishes wishes)
    {
        var budget = BudgetOf(machine);
        var rungs = Ladder(footprint, wishes);
        var chosen = rungs.FindLastIndex(rung => Cost(footprint, rung) <= budget);
        if (chosen < 0) return null;
        var rung = rungs[chosen];
        if (chosen + 1 < rungs.Count && rungs[chosen + 1] is { } next && next == rung with { Context = next.Context })
            rung = rung with { Context = Stretch(footprint, rung, next.Context, budget) };

        // Only where nothing else can grow any more: half of what is left serves prefixes, the other half is the machine's to cache files with.
        var working = Pool(footprint, rung);
        var spare = rung == rungs[^1] ? Math.Min((budget - Cost(footprint, rung)) / 2, 2 * working) : 0;
        return new MemoryPlan
        {
            Footprint = footprint,
            Budget = budget,
            ContextLength = rung.Context,
            Sequences = rung.Sequences,
            PrefillChunk = rung.Chunk,
            KvType = rung.Type,
            WorkingKvBytes = working,
            KvPoolBytes = working + spare,
            KeepAlive = wishes.KeepAlive ?? DefaultKeepAlive(machine),
            IsTight = rung.Context < Math.Min(MostContext(footprint, wishes), UsualConversation),
        };
    }

    // From the least that is of use to all the model can do.
    private static List<Rung> Ladder(ModelFootprint footprint, MemoryWishes wishes)
    {
        // An encoder takes its texts whole or cut, one run at a time; there is nothing to give or to take.
        if (footprint.IsEncoder) return [new Rung(footprint.ContextLength, 1, footprint.ContextLength, KvType.Float32)];
        var context = MostContext(footprint, wishes);
        var sequences = Math.Clamp(wishes.Sequences ?? MostSequences, 1, MostSequences);
        var chunk = Math.Max(1, wishes.PrefillChunk ?? 256);
        var rung = new Rung(Math.Min(LeastContext, context), 1, Math.Min(LeastChunk, chunk), wishes.KvType ?? KvType.Float16);
        var rungs = new List<Rung>();
        if (wishes.KvType is null && footprint.SuitsInt8) rungs.Add(rung with { Type = KvType.Int8 });
        rungs.Add(rung);
        Climb(rung with { Context = Math.Min(UsualConversation, context) });
        Climb(rung with { Chunk = chunk });
        Climb(rung with { Context = Math.Min(LongConversation, context) });
        if (wishes.KvType is null) Climb(rung with { Type = KvType.Float32 });
        for (var n = 2; n <= Math.Min(4, sequences); n *= 2) Climb(rung with { Sequences = n });
        Climb(rung with { Context = context });
        Climb(rung with { Sequences = sequences });
        return rungs;

        void Climb(Rung next)
        {
            if (next != rung) rungs.Add(next);
            rung = next;
        }
    }

    private static int MostContext(ModelFootprint footprint, MemoryWishes wishes) =>
        Math.Max(1, Math.Min(footprint.ContextLength, wishes.ContextLength ?? int.MaxValue));

    private static int Stretch(ModelFootprint footprint, Rung rung, int most, long budget)
    {
        var (low, high) = (rung.Context, most - 1);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (Cost(footprint, rung with { Context = middle }) <= budget) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private static long Pool(ModelFootprint footprint, Rung rung) =>
        (Blocks(rung.Context) + (rung.Sequences - 1) * Blocks(Math.Min(rung.Context, UsualConversation))) * footprint.KvBytesPerToken(rung.Type);

    private static long Blocks(int tokens) => (tokens + Block - 1L) / Block * Block;

    private static long Cost(ModelFootprint footprint, Rung rung) =>
        footprint.Fixed + footprint.StepBytes(rung.Chunk, rung.Sequences) + Pool(footprint, rung);

    private static MemoryException Refusal(string name, ModelFootprint footprint, MemorySnapshot machine, MemoryWishes wishes)
    {
        var budget = BudgetOf(machine);
        var least = Ladder(footprint, wishes)[0];
        var needs = Cost(footprint, least);
        var around = needs - footprint.Fixed;
        // A model in int4 has other weights too; only where much would be gained is it worth the advice.
        var advice = footprint.IsEncoder ? $"Free {Megabytes(needs - budget)}, or install a smaller model."
            : footprint.FixedInt4 < footprint.Fixed * 3 / 4 && footprint.FixedInt4 + around <= budget
            ? $"Imported again with --quantize int4 it needs {Megabytes(footprint.FixedInt4 + around)} and fits."
            : Math.Max(0, budget - footprint.Program - footprint.TokenizerBytes - around) is > 0 and var weights
                ? $"A model of about {(long)(weights / ModelFootprint.BytesPerInt4) / 1_000_000} million parameters in int4 would fit; or free {Megabytes(needs - budget)}."
                : $"Free {Megabytes(needs - budget)}, or use a machine with more.";
        return new MemoryException(
            $"{name} needs {Megabytes(needs)} of memory with {least.Context} tokens{(footprint.IsEncoder ? "" : " of context")}, and {Megabytes(budget)} can be used " +
            $"({Megabytes(machine.Room)} available{(machine.Limit is { } limit ? $" under a limit of {Megabytes(limit.Bytes)}" : "")}, " +
            $"{Megabytes(Reserve(machine.Capacity))} kept free). {advice}")
        { Needed = needs, Usable = budget };
    }

    /// <summary>Bytes for a person, rounded up.</summary>
    internal static string Megabytes(long bytes) => $"{(bytes + (1 << 20) - 1) >> 20} MB";

    private sealed record Rung(int Context, int Sequences, int Chunk, KvType Type);
}
