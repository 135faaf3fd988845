namespace Runtime.Audit;

/// <summary>
/// What the box vouches for with its key: that the log had these records at that time. <see cref="Root"/> is the RFC 6962 tree hash of all
/// of them, so that one record, or an earlier checkpoint, can be shown to belong to it by a few hashes.
/// </summary>
/// <param name="Number">Its own number, from 0.</param>
/// <param name="Size">How many records there were.</param>
/// <param name="Ts">When, Unix milliseconds.</param>
/// <param name="Root">Tree hash of all records, hexadecimal.</param>
/// <param name="Last">Hash of the last record, hexadecimal.</param>
/// <param name="First">The first record that is kept; the box removed those before it, to keep to its bound.</param>
/// <param name="Segment">Tree hash of the records of the segment that ended here; null elsewhere.</param>
public sealed record AuditCheckpoint(long Number, long Size, long Ts, string Root, string Last, long First, string? Segment);
