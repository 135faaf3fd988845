using Microsoft.Data.Sqlite;

namespace Runtime.Memory.Index;

/// <summary>Writes files into the index, within a transaction of its caller's.</summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly List<SqliteCommand> _commands = [];
    private readonly SqliteCommand _forgetTerms, _forgetShapes, _forgetChunks, _forgetFile, _addFile, _addChunk, _addTerms, _addShape;

    public IndexWriter(SqliteConnection connection)
    {
        _forgetTerms = Prepare("INSERT INTO found(found, rowid, terms) SELECT 'delete', chunk.id, terms FROM chunk JOIN file ON file.id = chunk.file WHERE path = $a", 1);
        _forgetShapes = Prepare("DELETE FROM shape WHERE id IN (SELECT chunk.id FROM chunk JOIN file ON file.id = chunk.file WHERE path = $a)", 1);
        _forgetChunks = Prepare("DELETE FROM chunk WHERE file = (SELECT id FROM file WHERE path = $a)", 1);
        _forgetFile = Prepare("DELETE FROM file WHERE path = $a", 1);
        _addFile = Prepare("INSERT INTO file(path, size, modified, embedder) VALUES($a, $b, $c, $d) RETURNING id", 4);
        _addChunk = Prepare("INSERT INTO chunk(file, first, last, heading, text, terms, vector) VALUES($a, $b, $c, $d, $e, $f, $g) RETURNING id", 7);
        _addTerms = Prepare("INSERT INTO found(rowid, terms) VALUES($a, $b)", 2);
        _addShape = Prepare("INSERT INTO shape(id, length, signature) VALUES($a, $b, $c)", 3);

        SqliteCommand Prepare(string sql, int parameters)
        {
            var command = MemoryIndex.Sql(connection, sql);
            for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${(char)('a' + i)}" });
            _commands.Add(command);
            return command;
        }
    }

    /// <summary>Puts a file's pieces in the place of those it had.</summary>
    public void Replace(IndexedText text)
    {
        foreach (var forget in (SqliteCommand[])[_forgetTerms, _forgetShapes, _forgetChunks, _forgetFile]) Run(forget, text.Path);
        if (text.Chunks.Count == 0) return;
        var file = Run(_addFile, text.Path, text.State.Size, text.State.Modified, text.State.Embedder);
        for (var i = 0; i < text.Chunks.Count; i++)
        {
            var (chunk, vector) = (text.Chunks[i], new QuantizedVector(text.Vectors[i].Span));
            // The headings above a piece say what it is about, even where the piece itself does not.
            var terms = SearchTerms.Of($"{chunk.Heading}\n{chunk.Text}");
            var joined = string.Join(' ', terms);
            var id = Run(_addChunk, file!, chunk.FirstLine, chunk.LastLine, chunk.Heading, chunk.Text, joined, vector.Bytes);
            Run(_addTerms, id!, joined);
            Run(_addShape, id!, terms.Count, vector.Signature());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.ForEach(command => command.Dispose());

    private static object? Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteScalar();
    }
}
