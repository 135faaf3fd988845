using Models;
using Runtime.Audit.Storage;

namespace Runtime.Audit;

/// <summary>Reads the log, also while it is written. Safe for several threads.</summary>
public static class AuditReader
{
    /// <summary>Records of a home's log, the newest first, read a segment at a time.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="before">Only those with a smaller number.</param>
    /// <exception cref="ModelException">A file cannot be read.</exception>
    public static IEnumerable<AuditRecord> NewestFirst(string home, long before = long.MaxValue)
    {
        var folder = AuditFolder.In(home);
        foreach (var segment in folder.Segments().Reverse())
        {
            if (segment * AuditFolder.SegmentSize >= before) continue;
            var lines = AuditFolder.Lines(folder.Segment(segment));
            for (var i = lines.Count - 1; i >= 0; i--)
            {
                if (AuditFolder.ReadRecord(lines[i].Bytes.Span) is { } record && record.Seq < before) yield return record;
            }
        }
    }
}
