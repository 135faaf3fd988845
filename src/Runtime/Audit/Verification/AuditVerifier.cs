using Models;
using Models.Crypto;
using Runtime.Audit.Merkle;
using Runtime.Audit.Storage;

namespace Runtime.Audit.Verification;

/// <summary>
/// Checks a log where it lies: every record's content and place, every checkpoint's signature and tree hash. What changed after the last
/// checkpoint by somebody who also computed the hashes anew, and what was cut off after it, only a copy kept elsewhere shows:
/// that is what an exported bundle is for.
/// </summary>
public static class AuditVerifier
{
    /// <summary>Findings that are listed.</summary>
    public const int MostFindings = 100;

    /// <summary>Checks the log of a home.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="earlier">A bundle exported before, which the log must continue; null without.</param>
    /// <exception cref="ModelException">A file cannot be read.</exception>
    public static AuditReport Verify(string home, string? earlier = null)
    {
        var (folder, key) = (AuditFolder.In(home), BoxKey.Open(home));
        var (check, publicKey) = (new Checking(), key.PublicKey.ToArray());
        var checkpoints = ReadCheckpoints(folder, check, publicKey);
        var known = earlier is null ? null : ReadHead(earlier, check, publicKey);
        var segments = folder.Segments();
        var first = segments.Count > 0 ? segments[0] : 0;
        var tree = Begin(checkpoints, first, check);
        var due = new Queue<AuditCheckpoint>((known is null ? checkpoints : checkpoints.Append(known)).Where(c => c.Size > tree.Size).OrderBy(c => c.Size));
        for (var i = 0; i < segments.Count; i++)
        {
            if (i > 0 && segments[i] != segments[i - 1] + 1) check.Wrong(Name(folder, segments[i - 1] + 1), "this segment is missing");
            Walk(folder, segments[i], i == segments.Count - 1, check, tree, due);
        }
        var kept = checkpoints.Count > 0 ? checkpoints.Max(c => c.First) : 0;
        if (first * AuditFolder.SegmentSize > kept) check.Wrong($"records {kept} to {first * AuditFolder.SegmentSize - 1}", "they are gone, and it was not the box that removed them");
        foreach (var missed in due) check.Wrong($"checkpoint {missed.Number}", $"it vouches for {missed.Size} records, and there are {tree.Size}: records were cut off");
        return new(key.Id, check.First, check.Records, check.Checkpoints, checkpoints.Count > 0 ? checkpoints.Max(c => c.Size) : 0, check.Findings);
    }

    private static void Walk(AuditFolder folder, long segment, bool isLast, Checking check, MerkleFrontier tree, Queue<AuditCheckpoint> due)
    {
        var name = Name(folder, segment);
        var inSegment = new MerkleFrontier();
        var lines = AuditFolder.Lines(folder.Segment(segment));
        for (var i = 0; i < lines.Count; i++)
        {
            if (!lines[i].IsWhole) check.Wrong($"{name}, line {i + 1}", "it is unfinished");
            var (_, hash) = check.Record(lines[i].Bytes.Span, $"{name}, line {i + 1}", gaps: false);
            tree.Add(hash);
            inSegment.Add(hash);
            while (due.TryPeek(out var checkpoint) && checkpoint.Size <= tree.Size) Compare(due.Dequeue(), tree, inSegment, hash, check);
        }
        // Only the last segment may still grow.
        if (lines.Count > AuditFolder.SegmentSize || (!isLast && lines.Count != AuditFolder.SegmentSize))
            check.Wrong(name, $"it has {lines.Count} records instead of {AuditFolder.SegmentSize}");
    }

    private static void Compare(AuditCheckpoint checkpoint, MerkleFrontier tree, MerkleFrontier inSegment, byte[] last, Checking check)
    {
        var name = $"checkpoint {checkpoint.Number}";
        if (checkpoint.Root != Convert.ToHexStringLower(tree.Root)) check.Wrong(name, $"the first {checkpoint.Size} records are not those it vouches for");
        else if (checkpoint.Last != Convert.ToHexStringLower(last) || (checkpoint.Segment is not null && checkpoint.Segment != Convert.ToHexStringLower(inSegment.Root)))
            check.Wrong(name, "it does not fit the records it vouches for");
    }

    /// <summary>The tree of the segments that are gone, by the checkpoints that ended them.</summary>
    private static MerkleFrontier Begin(IReadOnlyList<AuditCheckpoint> checkpoints, long first, Checking check)
    {
        var tree = new MerkleFrontier();
        var last = CanonicalLine.NoHash;
        for (var segment = 0L; segment < first; segment++)
        {
            var size = (segment + 1) * AuditFolder.SegmentSize;
            var seal = checkpoints.FirstOrDefault(c => c.Size == size && c.Segment is not null);
            tree.Add(seal is null ? new byte[Sha256.Size] : Convert.FromHexString(seal.Segment!), AuditFolder.SegmentLevel);
            if (seal is null) check.Wrong($"records {size - AuditFolder.SegmentSize} to {size - 1}", "they are gone, and so is the checkpoint that ended them");
            else if (seal.Root != Convert.ToHexStringLower(tree.Root)) check.Wrong($"checkpoint {seal.Number}", "it does not fit those before it");
            last = seal?.Last ?? last;
        }
        check.Expect(tree.Size, last);
        return tree;
    }

    private static List<AuditCheckpoint> ReadCheckpoints(AuditFolder folder, Checking check, byte[] publicKey)
    {
        var lines = AuditFolder.Lines(folder.Checkpoints);
        var gone = folder.Segments() is [var first, ..] ? first * AuditFolder.SegmentSize : 0;
        var checkpoints = new List<AuditCheckpoint>();
        for (var i = 0; i < lines.Count; i++)
        {
            var where = $"checkpoints.jsonl, line {i + 1}";
            if (!lines[i].IsWhole) check.Wrong(where, "it is unfinished");
            if (check.Checkpoint(lines[i].Bytes.Span, where, publicKey) is not { } checkpoint) continue;
            var (number, size) = checkpoints.Count > 0 ? (checkpoints[^1].Number, checkpoints[^1].Size) : (-1, 0);
            // Where the records are gone only the checkpoints that ended a segment are left.
            if (checkpoint.Size <= gone ? checkpoint.Number <= number : checkpoint.Number != number + 1)
                check.Wrong($"checkpoint {checkpoint.Number}", $"the one before it is missing or stands elsewhere ({where})");
            else if (checkpoint.Size <= size) check.Wrong($"checkpoint {checkpoint.Number}", $"it vouches for no more records than the one before it ({where})");
            checkpoints.Add(checkpoint);
        }
        return checkpoints;
    }

    private static AuditCheckpoint? ReadHead(string bundle, Checking check, byte[] publicKey)
    {
        try
        {
            using var file = File.OpenRead(bundle);
            if (BundleVerifier.Head(file) is { } head && Checking.IsSigned(AuditWriter.SignedText(head.Body), head.Signature, publicKey)) return head.Checkpoint;
            check.Wrong(bundle, "it is no bundle of this box");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read {bundle}: {e.Message}", e);
        }
    }

    private static string Name(AuditFolder folder, long segment) => Path.GetFileName(folder.Segment(segment));
}
