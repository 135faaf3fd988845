using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Models;
using Models.Crypto;
using Runtime.Audit.Merkle;
using Runtime.Audit.Storage;

namespace Runtime.Audit.Verification;

/// <summary>
/// Writes records into one file that proves itself: the public key, a checkpoint made for it, every earlier checkpoint with the proof that
/// it is the beginning of that one, each record with the proof that it belongs to it, and a signature over all of that. JSON Lines.
/// </summary>
public static class AuditExport
{
    /// <summary>Exports the records of a home's log that are meant.</summary>
    /// <returns>How many those are.</returns>
    /// <exception cref="ModelException">The log cannot be read, or there is nothing in it.</exception>
    public static long Write(string home, AuditFilter filter, Stream to, TimeProvider time)
    {
        var (folder, key, now) = (AuditFolder.In(home), BoxKey.Open(home), time.GetUtcNow().ToUnixTimeMilliseconds());
        var state = AuditState.Read(folder);
        if (state.Tree.Size == 0) throw new ModelException("There is nothing in the audit log yet.");
        var (tree, size) = (new SegmentTree(folder), state.Tree.Size);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Line(JsonSerializer.SerializeToUtf8Bytes(new BundleHead(1, key.Id, Base64Url.EncodeToString(key.PublicKey), now, filter), AuditJson.Readable.BundleHead));
        Line([.. "{\"checkpoint\":"u8, .. AuditWriter.Sign(new(state.Checkpoints, size, now, Convert.ToHexStringLower(state.Tree.Root), state.Last, state.First, null), key), .. "}"u8]);
        foreach (var line in AuditFolder.Lines(folder.Checkpoints))
        {
            if (AuditFolder.ReadCheckpoint(line.Bytes.Span) is { } checkpoint && checkpoint.Size <= size)
                Line(Proven("checkpoint", line.Bytes.Span, MerkleTree.Consistency(checkpoint.Size, size, tree.Range)));
        }
        var records = 0L;
        foreach (var segment in folder.Segments())
        {
            foreach (var line in AuditFolder.Lines(folder.Segment(segment)).Where(l => l.IsWhole))
            {
                if (AuditFolder.ReadRecord(line.Bytes.Span) is not { } record || record.Seq >= size || !filter.Matches(record)) continue;
                Line(Proven("record", line.Bytes.Span, MerkleTree.Inclusion(record.Seq, size, tree.Range)));
                records++;
            }
        }
        var end = JsonSerializer.SerializeToUtf8Bytes(new BundleEnd(records, Convert.ToHexStringLower(hash.GetHashAndReset())), AuditJson.Readable.BundleEnd);
        Line(CanonicalLine.Signed(end, Base64Url.EncodeToString(key.Sign(SignedText(end)))));
        return records;

        void Line(byte[] bytes)
        {
            byte[] line = [.. bytes, (byte)'\n'];
            hash.AppendData(line);
            to.Write(line);
        }
    }

    /// <summary>What the last line's signature covers: named, so that it cannot stand for anything else.</summary>
    internal static byte[] SignedText(ReadOnlySpan<byte> end) => [.. "appliance audit bundle\n"u8, .. end];

    private static byte[] Proven(string name, ReadOnlySpan<byte> line, IReadOnlyList<byte[]> proof)
    {
        var hashes = string.Join(',', proof.Select(h => $"\"{Convert.ToHexStringLower(h)}\""));
        return [.. Encoding.ASCII.GetBytes($"{{\"{name}\":"), .. line, .. Encoding.ASCII.GetBytes($",\"proof\":[{hashes}]}}")];
    }
}
