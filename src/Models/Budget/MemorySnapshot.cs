namespace Models.Budget;

/// <summary>What the machine, and the cgroup this process is in, had at one moment. Bytes.</summary>
/// <param name="Total">Memory of the machine.</param>
/// <param name="Available">What can be taken from it without swapping: MemAvailable.</param>
public sealed record MemorySnapshot(long Total, long Available)
{
    /// <summary>The tightest limit of the cgroup or one above it; null where there is none.</summary>
    public CgroupMemory? Limit { get; init; }

    /// <summary>How long work stood still for want of memory; null where the kernel does not say.</summary>
    public MemoryPressure? Pressure { get; init; }

    /// <summary>Most this process can have: the machine's memory, or the cgroup's limit where that is less.</summary>
    public long Capacity => Math.Min(Total, Limit?.Bytes ?? long.MaxValue);

    /// <summary>What can still be taken. Pages of files count: the kernel drops them when it must.</summary>
    public long Room => Math.Max(0, Math.Min(Available, Limit?.Room ?? long.MaxValue));

    /// <summary>A machine that has so many bytes to give, for questions of the kind "what if".</summary>
    public static MemorySnapshot Of(long bytes) => new(bytes, bytes);
}

/// <summary>A memory limit of a cgroup. Bytes.</summary>
/// <param name="Folder">The cgroup that sets it.</param>
/// <param name="Bytes">The limit.</param>
/// <param name="Room">What it leaves, with the file pages that can be dropped.</param>
public sealed record CgroupMemory(string Folder, long Bytes, long Room);

/// <summary>Pressure stall information of memory: percent of the last ten seconds (Documentation/accounting/psi.rst).</summary>
/// <param name="Some">Some task waited.</param>
/// <param name="Full">All of them did.</param>
public sealed record MemoryPressure(double Some, double Full);
