using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Runtime.Memory.Index;

/// <summary>
/// What a search needs of every piece, in memory: its length and the signature of its vector, 140 bytes a piece at 1,024 dimensions.
/// Immutable.
/// </summary>
internal sealed class ShapeTable
{
    private readonly long[] _ids;
    private readonly int[] _lengths;
    private readonly ulong[] _signatures;
    private readonly int _words;

    private ShapeTable(long[] ids, int[] lengths, ulong[] signatures, int words)
    {
        (_ids, _lengths, _signatures, _words) = (ids, lengths, signatures, words);
        AverageLength = ids.Length == 0 ? 1 : Math.Max(1, lengths.Average());
    }

    /// <summary>How many pieces there are.</summary>
    public int Count => _ids.Length;

    /// <summary>Terms of a piece on average.</summary>
    public double AverageLength { get; }

    /// <summary>Reads it.</summary>
    public static ShapeTable Load(SqliteConnection connection)
    {
        using var counting = MemoryIndex.Sql(connection, "SELECT count(*), coalesce(max(length(signature)), 0) FROM shape");
        using var counts = counting.ExecuteReader();
        counts.Read();
        var (count, words) = (counts.GetInt32(0), counts.GetInt32(1) / 8);
        var (ids, lengths, signatures) = (new long[count], new int[count], new ulong[count * words]);
        using var command = MemoryIndex.Sql(connection, "SELECT id, length, signature FROM shape ORDER BY id");
        using var reader = command.ExecuteReader();
        for (var i = 0; reader.Read(); i++)
        {
            (ids[i], lengths[i]) = (reader.GetInt64(0), reader.GetInt32(1));
            // Vectors of a former embedder may be shorter, until their file is read again.
            MemoryMarshal.Cast<byte, ulong>(reader.GetFieldValue<byte[]>(2)).CopyTo(signatures.AsSpan(i * words, words));
        }
        return new ShapeTable(ids, lengths, signatures, words);
    }

    /// <summary>Terms of a piece.</summary>
    public int LengthOf(long id) => Array.BinarySearch(_ids, id) is >= 0 and var i ? _lengths[i] : 0;

    /// <summary>The pieces whose signatures have most in common with one, the most first.</summary>
    public List<long> Nearest(ReadOnlySpan<byte> signature, int most)
    {
        var asked = MemoryMarshal.Cast<byte, ulong>(signature);
        if (asked.Length != _words) return [];
        // Distances are small whole numbers: counting them finds the threshold without sorting.
        var distances = new ushort[_ids.Length];
        var counts = new int[_words * 64 + 1];
        for (var i = 0; i < distances.Length; i++)
        {
            var distance = 0;
            var own = _signatures.AsSpan(i * _words, _words);
            for (var w = 0; w < own.Length; w++) distance += BitOperations.PopCount(own[w] ^ asked[w]);
            distances[i] = (ushort)distance;
            counts[distance]++;
        }
        var (limit, within) = (0, counts[0]);
        while (within < most && limit < counts.Length - 1) within += counts[++limit];
        return [.. Enumerable.Range(0, distances.Length).Where(i => distances[i] <= limit).OrderBy(i => distances[i]).Take(most).Select(i => _ids[i])];
    }
}
