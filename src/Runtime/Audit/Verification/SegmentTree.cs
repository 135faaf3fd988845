using Runtime.Audit.Merkle;
using Runtime.Audit.Storage;

namespace Runtime.Audit.Verification;

/// <summary>Tree hashes of a log that lies in files: leaves of the segments that are there, and the hashes of those that are gone. Not safe for several threads.</summary>
internal sealed class SegmentTree(AuditFolder folder)
{
    private readonly Dictionary<long, byte[]> _seals = AuditFolder.Lines(folder.Checkpoints).Select(l => AuditFolder.ReadCheckpoint(l.Bytes.Span))
        .Where(c => c?.Segment is not null).GroupBy(c => c!.Size / AuditFolder.SegmentSize - 1).ToDictionary(g => g.Key, g => Convert.FromHexString(g.Last()!.Segment!));

    private readonly Dictionary<(long Start, long Count), byte[]> _known = [];
    private readonly Dictionary<long, byte[][]> _leaves = [];

    /// <summary>Tree hash of so many leaves from a place on, as RFC 6962 splits them.</summary>
    public byte[] Range(long start, long count)
    {
        if (_known.TryGetValue((start, count), out var hash)) return hash;
        if (count == 1) hash = Leaves(start / AuditFolder.SegmentSize)[start % AuditFolder.SegmentSize];
        else if (count == AuditFolder.SegmentSize && _seals.TryGetValue(start / AuditFolder.SegmentSize, out var seal)) hash = seal;
        else
        {
            var left = MerkleTree.Split(count);
            hash = MerkleTree.Node(Range(start, left), Range(start + left, count - left));
        }
        return _known[(start, count)] = hash;
    }

    private byte[][] Leaves(long segment)
    {
        if (_leaves.TryGetValue(segment, out var leaves)) return leaves;
        return _leaves[segment] = [.. AuditFolder.Lines(folder.Segment(segment)).Select(l => CanonicalLine.TrySplitHash(l.Bytes.Span, out _, out var hash) ? hash : MerkleTree.Leaf(l.Bytes.Span))];
    }
}
