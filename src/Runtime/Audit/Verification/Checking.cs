using System.Buffers.Text;
using System.Text.Json;
using Models.Crypto;
using Runtime.Audit.Merkle;
using Runtime.Audit.Storage;

namespace Runtime.Audit.Verification;

/// <summary>What checking a folder and checking a bundle have in common: lines, signatures, and the list of what is wrong.</summary>
internal sealed class Checking
{
    private readonly List<AuditFinding> _findings = [];
    private long _next = -1;
    private string? _last;

    /// <summary>What was found.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    /// <summary>The first record's number.</summary>
    public long? First { get; private set; }

    /// <summary>Records that were read.</summary>
    public long Records { get; private set; }

    /// <summary>Checkpoints that were read.</summary>
    public long Checkpoints { get; private set; }

    /// <summary>Notes that something is wrong.</summary>
    public void Wrong(string where, string what)
    {
        if (_findings.Count < AuditVerifier.MostFindings) _findings.Add(new(where, what));
    }

    /// <summary>Says which record must come next, and after which hash.</summary>
    public void Expect(long seq, string last) => (_next, _last) = (seq, last);

    /// <summary>Looks at one record.</summary>
    /// <param name="line">Its line.</param>
    /// <param name="where">Where that is.</param>
    /// <param name="gaps">True where records may be left out.</param>
    /// <returns>Its number and the hash it states; its line's hash where it states none.</returns>
    public (long Seq, byte[] Hash) Record(ReadOnlySpan<byte> line, string where, bool gaps)
    {
        Records++;
        if (!CanonicalLine.TrySplitHash(line, out var body, out var stated) || Parse(body) is not { } record)
        {
            Wrong(where, "it is no record");
            var unknown = MerkleTree.Leaf(line);
            var seq = _next < 0 ? 0 : _next;
            Expect(seq + 1, Convert.ToHexStringLower(unknown));
            return (seq, unknown);
        }
        First ??= record.Seq;
        if (!MerkleTree.Leaf(body).AsSpan().SequenceEqual(stated)) Wrong($"record {record.Seq}", $"its content is not what was written ({where})");
        if (_next >= 0 && record.Seq != _next && !(gaps && record.Seq > _next))
            Wrong($"record {_next}", record.Seq > _next ? $"it is missing: record {record.Seq} stands in its place ({where})" : $"record {record.Seq} stands in its place ({where})");
        else if (_last is not null && record.Seq == _next && record.Prev != _last) Wrong($"record {record.Seq}", $"it does not follow the record before it ({where})");
        Expect(record.Seq + 1, Convert.ToHexStringLower(stated));
        return (record.Seq, stated);
    }

    /// <summary>Looks at one checkpoint; null where it is none, or not signed by the key.</summary>
    public AuditCheckpoint? Checkpoint(ReadOnlySpan<byte> line, string where, byte[] publicKey)
    {
        Checkpoints++;
        AuditCheckpoint? checkpoint = null;
        if (CanonicalLine.TrySplitSignature(line, out var body, out var signature)) checkpoint = AuditFolder.ReadCheckpoint(line);
        if (checkpoint is null) Wrong(where, "it is no checkpoint");
        else if (!IsSigned(AuditWriter.SignedText(body), signature, publicKey)) Wrong($"checkpoint {checkpoint.Number}", $"its signature is not this box's ({where})");
        else return checkpoint;
        return null;
    }

    /// <summary>True where a signature, in its one spelling, is the key's.</summary>
    public static bool IsSigned(byte[] text, string signature, byte[] publicKey) =>
        Base64Url.IsValid(signature, out var length) && length == Ed25519.SignatureSize && Base64Url.DecodeFromChars(signature) is var bytes
        && Base64Url.EncodeToString(bytes) == signature && Ed25519.Verify(publicKey, text, bytes);

    private static AuditRecord? Parse(byte[] body)
    {
        try { return JsonSerializer.Deserialize(body, AuditJson.Readable.AuditRecord); }
        catch (JsonException) { return null; }
    }
}
