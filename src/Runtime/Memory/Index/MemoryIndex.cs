using Microsoft.Data.Sqlite;
using Runtime.Memory.Files;
using Runtime.Storage;

namespace Runtime.Memory.Index;

/// <summary>
/// What is searched instead of the files: their pieces, the terms of each (FTS5), and a vector each. All of it can be made again from the
/// files, so a broken index is thrown away. Safe for several threads.
/// </summary>
internal sealed class MemoryIndex : IDisposable
{
    private static readonly DatabaseSchema Schema = new(
        ["""
        CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified INTEGER NOT NULL, embedder TEXT NOT NULL);
        CREATE TABLE chunk(
          id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
          heading TEXT NOT NULL, text TEXT NOT NULL, terms TEXT NOT NULL, vector BLOB NOT NULL);
        CREATE INDEX chunk_file ON chunk(file);
        -- Small and by itself: it is read as a whole before the first search.
        CREATE TABLE shape(id INTEGER PRIMARY KEY REFERENCES chunk(id), length INTEGER NOT NULL, signature BLOB NOT NULL);
        CREATE VIRTUAL TABLE found USING fts5(terms, content='chunk', content_rowid='id', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'");
        CREATE VIRTUAL TABLE term USING fts5vocab(found, 'row');
        """],
        []);

    private readonly Database _database;
    private IndexReader? _reader;
    private ShapeTable? _shapes;

    /// <summary>The index in a file.</summary>
    public MemoryIndex(string path, TimeProvider time, Action<string> tell) =>
        _database = new Database(path, Schema, time, message => { _shapes = null; tell(message); });

    /// <summary>What is known of every file, by its path.</summary>
    public Dictionary<string, IndexedFile> Files() => _database.Read(connection =>
    {
        var files = new Dictionary<string, IndexedFile>(StringComparer.Ordinal);
        using var command = Sql(connection, "SELECT path, size, modified, embedder FROM file");
        using var reader = command.ExecuteReader();
        while (reader.Read()) files[reader.GetString(0)] = new IndexedFile(reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3));
        return files;
    });

    /// <summary>How many pieces there are.</summary>
    public int Count() => Search(reader => reader.Shapes.Count);

    /// <summary>Puts the pieces of some files in the place of what was known of them; files without pieces are forgotten. All or nothing.</summary>
    public void Replace(IReadOnlyList<IndexedText> texts)
    {
        _database.Transact(connection =>
        {
            using var writer = new IndexWriter(connection);
            foreach (var text in texts) writer.Replace(text);
            return 0;
        });
        _shapes = null;
    }

    /// <summary>Makes every file look changed; what is known of them stays until they are read again.</summary>
    public void Forget() => _database.Transact(connection =>
    {
        using var command = Sql(connection, "UPDATE file SET embedder = ''");
        return command.ExecuteNonQuery();
    });

    /// <summary>Runs a search. Nobody else uses the index meanwhile.</summary>
    public T Search<T>(Func<IndexReader, T> search) => _database.Read(connection =>
    {
        _shapes ??= ShapeTable.Load(connection);
        // Its statements stay prepared as long as the file is open.
        if (_reader is null || !_reader.Reads(connection)) _reader = new IndexReader(connection);
        _reader.Shapes = _shapes;
        return search(_reader);
    });

    /// <summary>Closes it.</summary>
    public void Dispose() => _database.Dispose();

    internal static SqliteCommand Sql(SqliteConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}

/// <summary>A file as it was when it was indexed.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">UTC ticks of its last change.</param>
/// <param name="Embedder">What made its vectors.</param>
internal readonly record struct IndexedFile(long Size, long Modified, string Embedder);

/// <summary>A file and its pieces, to be indexed.</summary>
/// <param name="Path">Its path below the workspace, with <c>/</c>.</param>
/// <param name="State">What it was read as.</param>
/// <param name="Chunks">Its pieces; none where the file is gone.</param>
/// <param name="Vectors">A vector of length 1 for each.</param>
internal sealed record IndexedText(string Path, IndexedFile State, IReadOnlyList<MemoryChunk> Chunks, IReadOnlyList<ReadOnlyMemory<float>> Vectors);
