using System.Buffers.Binary;

namespace Runtime.Exec.Programs;

/// <summary>
/// The index of a repository (gitformat-index(5)), read for one thing: whether another repository is a part of it. git status and git diff
/// go into such a one and follow its own configuration.
/// </summary>
internal static class GitIndex
{
    private const long Largest = 64L << 20;
    private const int Fixed = 62, Link = 0xE000, KindMask = 0xF000;

    /// <summary>True where an entry is another repository, or the index is not one that can be read.</summary>
    public static bool MayHoldRepositories(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return false;
        if (file.Length > Largest) return true;
        try { return HoldsLink(File.ReadAllBytes(path)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return true; }
    }

    private static bool HoldsLink(ReadOnlySpan<byte> index)
    {
        if (index.Length < 12 || !index.StartsWith("DIRC"u8)) return true;
        // Version 4 leaves out what names have in common: not read here.
        if (BinaryPrimitives.ReadUInt32BigEndian(index[4..]) is not (2 or 3)) return true;
        var (count, at) = (BinaryPrimitives.ReadUInt32BigEndian(index[8..]), 12);
        for (var i = 0u; i < count; i++)
        {
            if (at + Fixed > index.Length) return true;
            var entry = index[at..];
            if ((BinaryPrimitives.ReadUInt32BigEndian(entry[24..]) & KindMask) == Link) return true;
            var flags = BinaryPrimitives.ReadUInt16BigEndian(entry[60..]);
            var start = (flags & 0x4000) != 0 ? Fixed + 2 : Fixed;
            if (start > entry.Length) return true;
            var length = entry[start..].IndexOf((byte)0);
            if (length < 0) return true;
            // Entries are padded with one to eight zeros to a multiple of eight bytes.
            at += (start + length + 8) / 8 * 8;
        }
        return false;
    }
}
