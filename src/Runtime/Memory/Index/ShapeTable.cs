using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Runtime.Memory.Index;

/// <summary>
/// What a search needs of every piece, in memory, in the order of their numbers: 142 bytes a piece at 1,024 dimensions. For one thread at a
/// time.
/// </summary>
internal sealed class ShapeTable
{
    private readonly List<string> _owners = [];
    private readonly int _words;
    private long[] _ids;
    private int[] _lengths;
    private ushort[] _owned;
    private ulong[] _signatures;
    private long _terms;

    private ShapeTable(int capacity, int words)
    {
        _words = words;
        (_ids, _lengths, _owned, _signatures) = (new long[capacity], new int[capacity], new ushort[capacity], new ulong[capacity * words]);
    }

    /// <summary>How many pieces there are.</summary>
    public int Count { get; private set; }

    /// <summary>Terms of a piece on average.</summary>
    public double AverageLength => Count == 0 ? 1 : Math.Max(1, (double)_terms / Count);

    /// <summary>Those whose pieces there are; the empty name for everybody's.</summary>
    public IReadOnlyList<string> Owners => _owners;

    /// <summary>Reads it.</summary>
    public static ShapeTable Load(SqliteConnection connection)
    {
        using var counting = MemoryIndex.Sql(connection, "SELECT count(*), coalesce(max(length(signature)), 0) FROM shape");
        using var counts = counting.ExecuteReader();
        counts.Read();
        var table = new ShapeTable(counts.GetInt32(0), counts.GetInt32(1) / sizeof(ulong));
        using var command = MemoryIndex.Sql(connection, "SELECT id, length, owner, signature FROM shape ORDER BY id");
        using var reader = command.ExecuteReader();
        // Without a copy of each signature.
        while (reader.Read()) table.Add(reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), SQLitePCL.raw.sqlite3_column_blob(reader.Handle, 3));
        return table;
    }

    /// <summary>Follows the index. False where it cannot, and is to be read again.</summary>
    public bool Changed(HashSet<long> removed, List<PieceShape> added)
    {
        if (removed.Count > 0) Remove(removed);
        foreach (var shape in added)
        {
            // Numbers may come again where the last piece of all was forgotten, but never below one that is there.
            if (shape.Signature.Length > _words * sizeof(ulong) || (Count > 0 && shape.Id <= _ids[Count - 1])) return false;
            if (Count == _ids.Length) Grow();
            Add(shape.Id, shape.Length, shape.Owner, shape.Signature);
        }
        return true;
    }

    /// <summary>Terms of a piece, 1 at least; 0 where it is not there or may not be seen.</summary>
    /// <param name="id">The piece.</param>
    /// <param name="visible">By the number of an owner, whether their pieces may be seen.</param>
    public int LengthOf(long id, bool[] visible) => Array.BinarySearch(_ids, 0, Count, id) is >= 0 and var i && visible[_owned[i]] ? Math.Max(1, _lengths[i]) : 0;

    /// <summary>The pieces whose signatures have most in common with one, the most first.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="most">Most pieces.</param>
    /// <param name="visible">By the number of an owner, whether their pieces may be seen.</param>
    public List<long> Nearest(ReadOnlySpan<byte> signature, int most, bool[] visible)
    {
        var asked = MemoryMarshal.Cast<byte, ulong>(signature);
        if (asked.Length != _words || Count == 0) return [];
        // Distances are small whole numbers: counting them finds the threshold without sorting.
        var distances = ArrayPool<ushort>.Shared.Rent(Count);
        var counts = new int[_words * 64 + 2];
        for (var i = 0; i < Count; i++)
        {
            var distance = 0;
            var own = _signatures.AsSpan(i * _words, asked.Length);
            for (var w = 0; w < asked.Length; w++) distance += BitOperations.PopCount(own[w] ^ asked[w]);
            if (!visible[_owned[i]]) distance = counts.Length - 1;
            distances[i] = (ushort)distance;
            counts[distance]++;
        }
        var (limit, within) = (0, counts[0]);
        while (within < most && limit < counts.Length - 2) within += counts[++limit];
        var near = new List<(int Distance, long Id)>(within);
        for (var i = 0; i < Count; i++)
            if (distances[i] <= limit) near.Add((distances[i], _ids[i]));
        ArrayPool<ushort>.Shared.Return(distances);
        near.Sort();
        return [.. near.Take(most).Select(piece => piece.Id)];
    }

    private void Add(long id, int length, string owner, ReadOnlySpan<byte> signature)
    {
        var number = _owners.IndexOf(owner);
        if (number < 0)
        {
            number = _owners.Count;
            _owners.Add(owner);
        }
        (_ids[Count], _lengths[Count], _owned[Count]) = (id, length, (ushort)number);
        // Vectors of a former embedder may be shorter, until their file is read again.
        var own = _signatures.AsSpan(Count * _words, _words);
        own.Clear();
        MemoryMarshal.Cast<byte, ulong>(signature).CopyTo(own);
        _terms += length;
        Count++;
    }

    private void Remove(HashSet<long> removed)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (removed.Contains(_ids[i]))
            {
                _terms -= _lengths[i];
                continue;
            }
            if (kept < i)
            {
                (_ids[kept], _lengths[kept], _owned[kept]) = (_ids[i], _lengths[i], _owned[i]);
                _signatures.AsSpan(i * _words, _words).CopyTo(_signatures.AsSpan(kept * _words, _words));
            }
            kept++;
        }
        Count = kept;
    }

    private void Grow()
    {
        var capacity = Count + Math.Max(64, Count / 8);
        Array.Resize(ref _ids, capacity);
        Array.Resize(ref _lengths, capacity);
        Array.Resize(ref _owned, capacity);
        Array.Resize(ref _signatures, capacity * _words);
    }
}
