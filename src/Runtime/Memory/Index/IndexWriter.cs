using Microsoft.Data.Sqlite;
using Runtime.Memory.Files;

namespace Runtime.Memory.Index;

/// <summary>Writes files into the index, within a transaction of its caller's.</summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly List<SqliteCommand> _commands = [];
    private readonly SqliteCommand _known, _forgetTerms, _forgetShape, _forgetChunk, _forgetFile, _addFile, _addChunk, _addTerms, _addShape, _count, _forgetCount;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IndexWriter(SqliteConnection connection)
    {
        _known = Prepare("SELECT chunk.id, terms FROM chunk JOIN file ON file.id = chunk.file WHERE path = $a", 1);
        _forgetTerms = Prepare("INSERT INTO found(found, rowid, terms) VALUES('delete', $a, $b)", 2);
        _forgetShape = Prepare("DELETE FROM shape WHERE id = $a", 1);
        _forgetChunk = Prepare("DELETE FROM chunk WHERE id = $a", 1);
        _forgetFile = Prepare("DELETE FROM file WHERE path = $a", 1);
        _addFile = Prepare("INSERT INTO file(path, size, modified, hash, embedder) VALUES($a, $b, $c, $d, $e) RETURNING id", 5);
        _addChunk = Prepare("INSERT INTO chunk(file, first, last, heading, text, terms, vector) VALUES($a, $b, $c, $d, $e, $f, $g) RETURNING id", 7);
        _addTerms = Prepare("INSERT INTO found(rowid, terms) VALUES($a, $b)", 2);
        _addShape = Prepare("INSERT INTO shape(id, owner, length, signature) VALUES($a, $b, $c, $d)", 4);
        _count = Prepare("INSERT INTO term(term, pieces) VALUES($a, $b) ON CONFLICT(term) DO UPDATE SET pieces = pieces + excluded.pieces", 2);
        _forgetCount = Prepare("DELETE FROM term WHERE term = $a AND pieces <= 0", 1);

        SqliteCommand Prepare(string sql, int parameters)
        {
            var command = MemoryIndex.Sql(connection, sql);
            for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${(char)('a' + i)}" });
            _commands.Add(command);
            return command;
        }
    }

    /// <summary>The pieces that went.</summary>
    public HashSet<long> Removed { get; } = [];

    /// <summary>The pieces that came, the oldest first.</summary>
    public List<PieceShape> Added { get; } = [];

    /// <summary>Puts a file's pieces in the place of those it had.</summary>
    public void Replace(IndexedText text)
    {
        Forget(text.Path);
        if (text.Chunks.Count == 0 && text.State.Hash.Length == 0) return;
        var file = Run(_addFile, text.Path, text.State.Size, text.State.Modified, text.State.Hash, text.State.Embedder);
        var owner = MemoryFolder.OwnerOf(text.Path);
        for (var i = 0; i < text.Chunks.Count; i++)
        {
            var (chunk, vector) = (text.Chunks[i], new QuantizedVector(text.Vectors[i].Span));
            // The headings above a piece say what it is about, even where the piece itself does not.
            var terms = SearchTerms.Of($"{chunk.Heading}\n{chunk.Text}");
            var joined = string.Join(' ', terms);
            var id = (long)Run(_addChunk, file!, chunk.FirstLine, chunk.LastLine, chunk.Heading, chunk.Text, joined, vector.Bytes)!;
            var shape = new PieceShape(id, owner, terms.Count, vector.Signature());
            Run(_addTerms, id, joined);
            Run(_addShape, id, owner, shape.Length, shape.Signature);
            Added.Add(shape);
            Count(terms, 1);
        }
    }

    /// <summary>Writes how many pieces have each term, at the end.</summary>
    public void WriteCounts()
    {
        foreach (var (term, change) in _counts)
        {
            if (change == 0) continue;
            Run(_count, term, change);
            if (change < 0) Run(_forgetCount, term);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.ForEach(command => command.Dispose());

    private void Forget(string path)
    {
        _known.Parameters[0].Value = path;
        var known = new List<(long Id, string Terms)>();
        using (var reader = _known.ExecuteReader())
            while (reader.Read()) known.Add((reader.GetInt64(0), reader.GetString(1)));
        foreach (var (id, terms) in known)
        {
            Run(_forgetTerms, id, terms);
            Run(_forgetShape, id);
            Run(_forgetChunk, id);
            Removed.Add(id);
            Count(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), -1);
        }
        Run(_forgetFile, path);
    }

    private void Count(IEnumerable<string> terms, int change)
    {
        foreach (var term in terms.Distinct(StringComparer.Ordinal))
            _counts[term] = _counts.GetValueOrDefault(term) + change;
    }

    private static object? Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteScalar();
    }
}
