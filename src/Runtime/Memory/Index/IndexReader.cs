using Microsoft.Data.Sqlite;

namespace Runtime.Memory.Index;

/// <summary>Reads the index, for one search at a time.</summary>
internal sealed class IndexReader(SqliteConnection connection)
{
    private readonly SqliteCommand _frequency = Prepare(connection, "SELECT doc FROM term WHERE term = $a");
    private readonly SqliteCommand _match = Prepare(connection, "SELECT rowid FROM found WHERE found MATCH $a ORDER BY rank LIMIT $b");
    private readonly SqliteCommand _terms = Prepare(connection, "SELECT terms FROM chunk WHERE id = $a");
    private readonly SqliteCommand _vector = Prepare(connection, "SELECT vector FROM chunk WHERE id = $a");
    private readonly SqliteCommand _hit = Prepare(connection, "SELECT path, first, last, heading, text FROM chunk JOIN file ON file.id = chunk.file WHERE chunk.id = $a");

    /// <summary>What is in memory of every piece.</summary>
    public ShapeTable Shapes { get; set; } = null!;

    /// <summary>Whether it reads from a connection.</summary>
    public bool Reads(SqliteConnection other) => ReferenceEquals(connection, other);

    /// <summary>In how many pieces a term is.</summary>
    public int Frequency(string term)
    {
        _frequency.Parameters[0].Value = term;
        return _frequency.ExecuteScalar() is long count ? (int)count : 0;
    }

    /// <summary>The pieces that match an expression of FTS5, the best first by its BM25.</summary>
    public List<long> Match(string expression, int most)
    {
        _match.Parameters[0].Value = expression;
        _match.Parameters[1].Value = most;
        using var reader = _match.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return ids;
    }

    /// <summary>The terms of a piece, in order.</summary>
    public string[] Terms(long id) => ((string)Value(_terms, id)).Split(' ');

    /// <summary>The vector of a piece.</summary>
    public QuantizedVector Vector(long id) => new((byte[])Value(_vector, id));

    /// <summary>A piece with its place.</summary>
    public MemoryHit Hit(long id, double score)
    {
        _hit.Parameters[0].Value = id;
        using var reader = _hit.ExecuteReader();
        reader.Read();
        return new MemoryHit(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), score);
    }

    private static object Value(SqliteCommand command, long id)
    {
        command.Parameters[0].Value = id;
        return command.ExecuteScalar()!;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = MemoryIndex.Sql(connection, sql);
        command.Parameters.Add(new SqliteParameter { ParameterName = "$a" });
        if (sql.Contains("$b", StringComparison.Ordinal)) command.Parameters.Add(new SqliteParameter { ParameterName = "$b" });
        return command;
    }
}
