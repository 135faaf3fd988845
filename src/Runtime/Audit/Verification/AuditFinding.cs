namespace Runtime.Audit.Verification;

/// <summary>Something that is not as it was written.</summary>
/// <param name="Where">The record, checkpoint or file.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record AuditFinding(string Where, string What);

/// <summary>What checking a log or a bundle found.</summary>
/// <param name="Box">The name of the box whose key vouches for it.</param>
/// <param name="First">Number of the first record that is there; null where there is none.</param>
/// <param name="Records">Records that were read.</param>
/// <param name="Checkpoints">Checkpoints that were read.</param>
/// <param name="Vouched">Records that the last checkpoint covers; what came later is chained, and not signed yet.</param>
/// <param name="Findings">What is wrong, at most <see cref="AuditVerifier.MostFindings"/>.</param>
public sealed record AuditReport(string Box, long? First, long Records, long Checkpoints, long Vouched, IReadOnlyList<AuditFinding> Findings)
{
    /// <summary>True where nothing is wrong.</summary>
    public bool Ok => Findings.Count == 0;
}
