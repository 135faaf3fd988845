namespace Runtime.Audit.Verification;

/// <summary>The first line of a bundle.</summary>
/// <param name="Bundle">The version, 1.</param>
/// <param name="Box">Name of the box: SHA-256 of its public key.</param>
/// <param name="PublicKey">The 32 bytes, base64url.</param>
/// <param name="MadeAt">When, Unix milliseconds.</param>
/// <param name="Filter">Which records were asked for.</param>
internal sealed record BundleHead(int Bundle, string Box, string PublicKey, long MadeAt, AuditFilter Filter);

/// <summary>The last line of a bundle, closed by a signature like a checkpoint.</summary>
/// <param name="Records">Records in it.</param>
/// <param name="Sha256">Hash of every byte before this line.</param>
internal sealed record BundleEnd(long Records, string Sha256);
