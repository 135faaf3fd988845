using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Models.Onnx.Attention;

namespace Models.Generation.Kv;

/// <summary>
/// The file that keeps computed blocks across restarts. Little-endian: a head of 64 bytes (magic, version, nodes, bytes of a block, the
/// 32 bytes that say whose blocks these are, a CRC-32C of all that and of the nodes); the nodes, parents before children (parent's index
/// or −1, tokens, 32 token ids, CRC-32C of the block); from the next page on the blocks, in the order of the nodes.
/// </summary>
internal static unsafe class KvFile
{
    /// <summary>What one node takes in the file.</summary>
    public const int NodeBytes = sizeof(int) * (3 + KvLayout.BlockTokens);

    private const ulong Magic = 0x31_56_4B_4C_50_50_41_00; // "\0APPLKV1"
    private const int Version = 1, HeadBytes = 64, PageBytes = 4096, KeyBytes = 32;

    /// <summary>One node: its parent's index or −1, its tokens, and the CRC-32C of its block.</summary>
    internal readonly record struct Node(int Parent, int[] Tokens, uint Checksum);

    /// <summary>Where blocks begin in a file of so many nodes.</summary>
    public static long BlocksAt(int nodes) => (HeadBytes + (long)nodes * NodeBytes + PageBytes - 1) / PageBytes * PageBytes;

    /// <summary>CRC-32C of a block.</summary>
    public static uint Checksum(byte* data, long length) => Checksum(uint.MaxValue, data, length);

    /// <summary>Writes a file, all of it or none, and waits until it is on the disk.</summary>
    /// <exception cref="IOException">The disk is full or fails; what was there before stays.</exception>
    public static void Write(string path, ReadOnlySpan<byte> key, long blockBytes, IReadOnlyList<(int Parent, int[] Tokens, nint Block)> nodes)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                var head = new byte[BlocksAt(nodes.Count)];
                for (var i = 0; i < nodes.Count; i++)
                {
                    var (parent, tokens, block) = nodes[i];
                    var node = head.AsSpan(HeadBytes + i * NodeBytes, NodeBytes);
                    BinaryPrimitives.WriteInt32LittleEndian(node, parent);
                    BinaryPrimitives.WriteInt32LittleEndian(node[4..], tokens.Length);
                    for (var t = 0; t < tokens.Length; t++) BinaryPrimitives.WriteInt32LittleEndian(node[(8 + 4 * t)..], tokens[t]);
                    BinaryPrimitives.WriteUInt32LittleEndian(node[^4..], Checksum((byte*)block, blockBytes));
                    Write(file, (byte*)block, blockBytes, head.Length + i * blockBytes);
                }
                BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Version);
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), nodes.Count);
                BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), blockBytes);
                key[..KeyBytes].CopyTo(head.AsSpan(24));
                BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(56), HeadChecksum(head, nodes.Count));
                RandomAccess.Write(file, head, 0);
                RandomAccess.FlushToDisk(file);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads the nodes of a file, or says why it cannot be used.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<Node>? Read(SafeFileHandle file, ReadOnlySpan<byte> key, long blockBytes, out string? reason)
    {
        var head = new byte[HeadBytes];
        var length = RandomAccess.GetLength(file);
        reason = null;
        if (RandomAccess.Read(file, head, 0) < HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic) reason = "it is not such a file";
        else if (BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8)) != Version) reason = "another version of this program wrote it";
        else if (!head.AsSpan(24, KeyBytes).SequenceEqual(key[..KeyBytes])) reason = "it belongs to another model or another engine";
        else if (BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(16)) != blockBytes) reason = "its blocks have another size";
        if (reason is not null) return null;

        var count = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
        reason = "it is damaged";
        if (count < 0 || BlocksAt(count) + count * blockBytes > length) return null;
        var all = new byte[HeadBytes + count * NodeBytes];
        if (RandomAccess.Read(file, all, 0) < all.Length || HeadChecksum(all, count) != BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(56))) return null;
        var nodes = new List<Node>(count);
        for (var i = 0; i < count; i++)
        {
            var node = all.AsSpan(HeadBytes + i * NodeBytes, NodeBytes);
            var parent = BinaryPrimitives.ReadInt32LittleEndian(node);
            var tokens = BinaryPrimitives.ReadInt32LittleEndian(node[4..]);
            if (parent < -1 || parent >= i || tokens is < 1 or > KvLayout.BlockTokens) return null;
            nodes.Add(new Node(parent, MemoryMarshal.Cast<byte, int>(node.Slice(8, tokens * sizeof(int))).ToArray(), BinaryPrimitives.ReadUInt32LittleEndian(node[^4..])));
        }
        reason = null;
        return nodes;
    }

    private static uint HeadChecksum(byte[] head, int nodes)
    {
        fixed (byte* bytes = head)
            return Checksum(Checksum(uint.MaxValue, bytes, 56), bytes + HeadBytes, (long)nodes * NodeBytes);
    }

    private static uint Checksum(uint sum, byte* data, long length)
    {
        var i = 0L;
        for (; i + sizeof(ulong) <= length; i += sizeof(ulong)) sum = BitOperations.Crc32C(sum, *(ulong*)(data + i));
        for (; i < length; i++) sum = BitOperations.Crc32C(sum, data[i]);
        return sum;
    }

    private static void Write(SafeFileHandle file, byte* data, long length, long offset)
    {
        for (var done = 0L; done < length;)
        {
            var piece = (int)Math.Min(length - done, 1 << 24);
            RandomAccess.Write(file, new ReadOnlySpan<byte>(data + done, piece), offset + done);
            done += piece;
        }
    }
}
