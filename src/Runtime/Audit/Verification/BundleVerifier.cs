using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Models;
using Models.Crypto;
using Runtime.Audit.Merkle;
using Runtime.Audit.Storage;

namespace Runtime.Audit.Verification;

/// <summary>Checks an exported bundle by itself: no log, no key file, no network. Reads a line at a time; safe for several threads.</summary>
public static class BundleVerifier
{
    // A record's texts are cut; a proof has one hash for each doubling of the log.
    private const int LongestLine = 1024 * 1024;

    /// <summary>Checks a bundle.</summary>
    /// <param name="bundle">Its bytes; read from where it stands to the end.</param>
    /// <exception cref="ModelException">It is no bundle at all.</exception>
    public static AuditReport Verify(Stream bundle)
    {
        using var lines = Lines(bundle).GetEnumerator();
        var check = new Checking();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Next() is not { } first || Parse(first, AuditJson.Readable.BundleHead) is not { Bundle: 1 } head || !TryKey(head, out var publicKey)) throw NoBundle();
        if (Next() is not { } second || TakeApart(second, "checkpoint") is not { } vouching || check.Checkpoint(vouching.Line, "line 2", publicKey) is not { } top)
            throw new ModelException("The bundle's checkpoint, on line 2, is not signed by its key: nothing in it can be trusted.");

        var (root, number, ended) = (Convert.FromHexString(top.Root), 2, false);
        while (Peek() is { } line)
        {
            number++;
            if (!lines.Current.IsWhole) check.Wrong($"line {number}", "it is unfinished");
            if (ended) check.Wrong($"line {number}", "it comes after the end");
            else if (CanonicalLine.TrySplitSignature(line, out var body, out var signature))
            {
                ended = true;
                if (!Checking.IsSigned(AuditExport.SignedText(body), signature, publicKey)) check.Wrong($"line {number}", "the bundle's signature is not this box's");
                else if (Parse(body, AuditJson.Readable.BundleEnd) is not { } end || end.Sha256 != Convert.ToHexStringLower(hash.GetCurrentHash()) || end.Records != check.Records)
                    check.Wrong($"line {number}", "what stands before it is not what was signed");
            }
            else if (TakeApart(line, "record") is { } record) Record(record, $"line {number}");
            else if (TakeApart(line, "checkpoint") is { } checkpoint) Checkpoint(checkpoint, $"line {number}");
            else check.Wrong($"line {number}", "it is neither a record nor a checkpoint");
            hash.AppendData([.. line, (byte)'\n']);
        }
        if (!ended) check.Wrong("the end", "the bundle was cut off: its last line with the signature is missing");
        return new(head.Box, check.First, check.Records, check.Checkpoints, top.Size, check.Findings);

        byte[]? Peek() => lines.MoveNext() ? lines.Current.Line : null;

        byte[]? Next()
        {
            var line = Peek();
            if (line is not null) hash.AppendData([.. line, (byte)'\n']);
            return line;
        }

        void Record((byte[] Line, IReadOnlyList<byte[]> Proof) part, string where)
        {
            var (seq, leaf) = check.Record(part.Line, where, gaps: true);
            if (!MerkleTree.Includes(seq, top.Size, leaf, part.Proof, root)) check.Wrong($"record {seq}", $"its proof does not lead to the checkpoint ({where})");
        }

        void Checkpoint((byte[] Line, IReadOnlyList<byte[]> Proof) part, string where)
        {
            if (check.Checkpoint(part.Line, where, publicKey) is { } earlier && !MerkleTree.Extends(earlier.Size, top.Size, Convert.FromHexString(earlier.Root), root, part.Proof))
                check.Wrong($"checkpoint {earlier.Number}", $"what it vouches for is not the beginning of this log ({where})");
        }
    }

    /// <summary>The checkpoint a bundle was made with; null where there is none. Its signature is not looked at.</summary>
    internal static (AuditCheckpoint Checkpoint, byte[] Body, string Signature)? Head(Stream bundle)
    {
        var line = Lines(bundle).Skip(1).FirstOrDefault().Line;
        if (line is null || TakeApart(line, "checkpoint") is not { } part || AuditFolder.ReadCheckpoint(part.Line) is not { } checkpoint) return null;
        CanonicalLine.TrySplitSignature(part.Line, out var body, out var signature);
        return (checkpoint, body, signature);
    }

    private static bool TryKey(BundleHead head, out byte[] publicKey)
    {
        publicKey = Base64Url.IsValid(head.PublicKey, out var length) && length == Ed25519.KeySize ? Base64Url.DecodeFromChars(head.PublicKey) : [];
        return publicKey.Length == Ed25519.KeySize && head.Box == BoxKey.IdOf(publicKey);
    }

    /// <summary>The bytes of the line inside, as they stand, and its proof.</summary>
    private static (byte[] Line, IReadOnlyList<byte[]> Proof)? TakeApart(byte[] line, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(name, out var inner)) return null;
            var proof = document.RootElement.TryGetProperty("proof", out var hashes) ? hashes.EnumerateArray().Select(h => Convert.FromHexString(h.GetString() ?? "")).ToArray() : [];
            return proof.All(h => h.Length == Sha256.Size) ? (System.Text.Encoding.UTF8.GetBytes(inner.GetRawText()), proof) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static T? Parse<T>(byte[] line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try { return JsonSerializer.Deserialize(line, type); }
        catch (JsonException) { return null; }
    }

    private static IEnumerable<(byte[] Line, bool IsWhole)> Lines(Stream bundle)
    {
        var (buffer, held) = (new byte[64 * 1024], new List<byte>());
        int read;
        while ((read = bundle.Read(buffer)) > 0)
        {
            var rest = buffer.AsMemory(0, read);
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                held.AddRange(rest.Span[..end]);
                yield return ([.. held], true);
                held.Clear();
                rest = rest[(end + 1)..];
            }
            held.AddRange(rest.Span);
            if (held.Count > LongestLine) throw NoBundle();
        }
        if (held.Count > 0) yield return ([.. held], false);
    }

    private static ModelException NoBundle() => new("This is no audit bundle: `appliance audit export FILE` makes one.");
}
