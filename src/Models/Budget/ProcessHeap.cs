using System.Runtime;
using Models.Onnx;

namespace Models.Budget;

/// <summary>This process's own memory.</summary>
internal static class ProcessHeap
{
    /// <summary>Gives back to the kernel what was freed: neither the collector nor the C library does at once by itself.</summary>
    public static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Libc.TrimHeap(0);
    }
}
