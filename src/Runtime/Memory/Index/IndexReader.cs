using Microsoft.Data.Sqlite;
using Runtime.Memory.Files;
using Runtime.Storage;

namespace Runtime.Memory.Index;

/// <summary>Reads the index, for one search at a time, and no piece that whoever searches may not see.</summary>
internal sealed class IndexReader(SqliteConnection connection)
{
    private readonly SqliteCommand _frequency = Prepare(connection, "SELECT pieces FROM term WHERE term = $a");
    // The newest first: they are what is kept where there are too many.
    private readonly SqliteCommand _match = Prepare(connection, "SELECT rowid FROM found WHERE found MATCH $a ORDER BY rowid DESC LIMIT $b");
    private readonly SqliteCommand _terms = Prepare(connection, "SELECT terms FROM chunk WHERE id = $a");
    private readonly SqliteCommand _vector = Prepare(connection, "SELECT vector FROM chunk WHERE id = $a");
    private readonly SqliteCommand _hit = Prepare(connection, "SELECT path, first, last, heading, text FROM chunk JOIN file ON file.id = chunk.file WHERE chunk.id = $a");
    private readonly Dictionary<long, QuantizedVector> _vectors = [];
    private ShapeTable _shapes = null!;
    private bool[] _visible = [];

    /// <summary>How many pieces there are.</summary>
    public int Count => _shapes.Count;

    /// <summary>Terms of a piece on average.</summary>
    public double AverageLength => _shapes.AverageLength;

    /// <summary>Whether it reads from a connection.</summary>
    public bool Reads(SqliteConnection other) => ReferenceEquals(connection, other);

    /// <summary>Begins a search.</summary>
    /// <param name="shapes">What is in memory of every piece.</param>
    /// <param name="person">Who searches; null for the owner.</param>
    public void Begin(ShapeTable shapes, string? person)
    {
        (_shapes, _visible) = (shapes, [.. shapes.Owners.Select(owner => MemoryFolder.MaySee(owner, person))]);
        _vectors.Clear();
    }

    /// <summary>In how many pieces a term is.</summary>
    public int Frequency(string term)
    {
        _frequency.Parameters[0].Value = term;
        return _frequency.ExecuteScalar() is long count ? (int)count : 0;
    }

    /// <summary>The pieces that match an expression of FTS5, with their lengths, the newest first.</summary>
    public List<(long Id, int Length)> Match(string expression, int most)
    {
        _match.Parameters[0].Value = expression;
        _match.Parameters[1].Value = most;
        using var reader = _match.ExecuteReader();
        var pieces = new List<(long, int)>();
        while (reader.Read())
        {
            var id = reader.GetInt64(0);
            if (_shapes.LengthOf(id, _visible) is > 0 and var length) pieces.Add((id, length));
        }
        return pieces;
    }

    /// <summary>The pieces whose vectors' signatures have most in common with one, the most first.</summary>
    public List<long> Nearest(ReadOnlySpan<byte> signature, int most) => _shapes.Nearest(signature, most, _visible);

    /// <summary>The terms of a piece, in order, with blanks between.</summary>
    public string Terms(long id) => Value(_terms, id) is string terms ? terms : throw Damaged(id);

    /// <summary>The vector of a piece.</summary>
    public QuantizedVector Vector(long id) => _vectors.TryGetValue(id, out var known) ? known
        : _vectors[id] = Value(_vector, id) is byte[] { Length: > QuantizedVector.Head } bytes ? new QuantizedVector(bytes) : throw Damaged(id);

    /// <summary>A piece with its place.</summary>
    public MemoryHit Hit(long id, double score)
    {
        _hit.Parameters[0].Value = id;
        using var reader = _hit.ExecuteReader();
        if (!reader.Read()) throw Damaged(id);
        return new MemoryHit(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), score);
    }

    private static object? Value(SqliteCommand command, long id)
    {
        command.Parameters[0].Value = id;
        return command.ExecuteScalar();
    }

    // A wrong bit that left every page well-formed.
    private static SqliteException Damaged(long id) => new($"piece {id} is not what was written", Database.Corrupt);

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = MemoryIndex.Sql(connection, sql);
        command.Parameters.Add(new SqliteParameter { ParameterName = "$a" });
        if (sql.Contains("$b", StringComparison.Ordinal)) command.Parameters.Add(new SqliteParameter { ParameterName = "$b" });
        return command;
    }
}
