using Models.Crypto;
using Runtime.Audit.Merkle;

namespace Runtime.Audit.Storage;

/// <summary>Where a log stands: what is needed to go on writing it.</summary>
/// <param name="Segment">The segment that is written.</param>
/// <param name="Tree">All records.</param>
/// <param name="InSegment">The records of that segment.</param>
/// <param name="Last">Hash of the last record.</param>
/// <param name="Checkpoints">The next checkpoint's number.</param>
/// <param name="CheckpointSize">Records the last checkpoint covers.</param>
/// <param name="First">The first record that is kept.</param>
internal sealed record AuditState(long Segment, MerkleFrontier Tree, MerkleFrontier InSegment, string Last, long Checkpoints, long CheckpointSize, long First)
{
    /// <summary>
    /// Reads it from the files. Hashes are taken as they are stated: what does not fit them is for the verifier to name, and a log that
    /// somebody damaged goes on, or nobody could be told anything any more.
    /// </summary>
    public static AuditState Read(AuditFolder folder)
    {
        var checkpoints = AuditFolder.Lines(folder.Checkpoints).Select(l => AuditFolder.ReadCheckpoint(l.Bytes.Span)).OfType<AuditCheckpoint>().ToList();
        var seals = checkpoints.Where(c => c.Segment is not null).GroupBy(c => c.Size / AuditFolder.SegmentSize - 1).ToDictionary(g => g.Key, g => g.Last());
        var segment = Math.Max(folder.Segments() is [.., var newest] ? newest : 0, seals.Count > 0 ? seals.Keys.Max() + 1 : 0);
        var (tree, inSegment) = (new MerkleFrontier(), new MerkleFrontier());
        for (var i = 0L; i < segment; i++) tree.Add(seals.TryGetValue(i, out var seal) ? Convert.FromHexString(seal.Segment!) : new byte[Sha256.Size], AuditFolder.SegmentLevel);
        var last = seals.TryGetValue(segment - 1, out var before) ? before.Last : CanonicalLine.NoHash;
        foreach (var line in AuditFolder.Lines(folder.Segment(segment)).Take(AuditFolder.SegmentSize))
        {
            var hash = CanonicalLine.TrySplitHash(line.Bytes.Span, out _, out var stated) ? stated : MerkleTree.Leaf(line.Bytes.Span);
            tree.Add(hash);
            inSegment.Add(hash);
            last = Convert.ToHexStringLower(hash);
        }
        return new(segment, tree, inSegment, last, checkpoints.Count > 0 ? checkpoints.Max(c => c.Number) + 1 : 0, checkpoints.Count > 0 ? checkpoints.Max(c => c.Size) : 0, checkpoints.Count > 0 ? checkpoints.Max(c => c.First) : 0);
    }
}
