using Microsoft.Data.Sqlite;
using Runtime.Storage;

namespace Runtime.Memory.Index;

/// <summary>
/// What is searched instead of the files: their pieces, the terms of each (FTS5), and a vector each. All of it can be made again from the
/// files, so a broken index is thrown away. Safe for several threads.
/// </summary>
internal sealed class MemoryIndex : IDisposable
{
    private static readonly DatabaseSchema Schema = new(
        [
            // The first layout was never released; what is left of it makes room for this one.
            "SELECT 1",
            """
            DROP TABLE IF EXISTS term; DROP TABLE IF EXISTS found; DROP TABLE IF EXISTS shape; DROP TABLE IF EXISTS chunk; DROP TABLE IF EXISTS file;
            CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified INTEGER NOT NULL, hash TEXT NOT NULL, embedder TEXT NOT NULL);
            CREATE TABLE chunk(
              id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
              heading TEXT NOT NULL, text TEXT NOT NULL, terms TEXT NOT NULL, vector BLOB NOT NULL);
            CREATE INDEX chunk_file ON chunk(file);
            -- Small and by itself: it is read as a whole before the first search.
            CREATE TABLE shape(id INTEGER PRIMARY KEY REFERENCES chunk(id), owner TEXT NOT NULL, length INTEGER NOT NULL, signature BLOB NOT NULL);
            -- Which pieces have a term, and no more: they are scored outside, and lists of numbers alone are a fifth of the size. Terms hold no
            -- separators of ASCII, so this tokenizer gives them back as they are, whatever their script.
            CREATE VIRTUAL TABLE found USING fts5(terms, content='chunk', content_rowid='id', tokenize='ascii', detail=none, columnsize=0);
            -- How many pieces have a term; counting them in the lists takes as long as the lists are.
            CREATE TABLE term(term TEXT PRIMARY KEY, pieces INTEGER NOT NULL) WITHOUT ROWID;
            """,
            // Remarks are no pieces since: every file is read again.
            "UPDATE file SET size = -1, hash = ''",
        ],
        []);

    private readonly Database _database;
    private readonly string _path;
    private IndexReader? _reader;
    private ShapeTable? _shapes;

    /// <summary>The index in a file.</summary>
    public MemoryIndex(string path, TimeProvider time, Action<string> tell) =>
        (_path, _database) = (path, new Database(path, Schema, time, message => { _shapes = null; tell(message); }));

    /// <summary>True where something was forgotten whose last traces are still in the file.</summary>
    public bool OwesPurge => _database.Read(connection => Sql(connection, "PRAGMA application_id").ExecuteScalar() is not 0L);

    /// <summary>What is known of every file, by its path.</summary>
    public Dictionary<string, IndexedFile> Files() => _database.Read(connection =>
    {
        var files = new Dictionary<string, IndexedFile>(StringComparer.Ordinal);
        using var command = Sql(connection, "SELECT path, size, modified, hash, embedder FROM file");
        using var reader = command.ExecuteReader();
        while (reader.Read()) files[reader.GetString(0)] = new IndexedFile(reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4));
        return files;
    });

    /// <summary>How many pieces there are.</summary>
    public int Count() => _database.Read(connection =>
    {
        using var command = Sql(connection, "SELECT count(*) FROM shape");
        return (int)(long)command.ExecuteScalar()!;
    });

    /// <summary>Puts the pieces of some files in the place of what was known of them; files without pieces are forgotten. All or nothing.</summary>
    public void Replace(IReadOnlyList<IndexedText> texts) => _database.Transact(connection =>
    {
        using var writer = new IndexWriter(connection);
        foreach (var text in texts) writer.Replace(text);
        writer.WriteCounts();
        // What is in memory follows; a transaction that fails leaves it to be read again.
        var shapes = _shapes;
        _shapes = null;
        return (Shapes: shapes, writer.Removed, writer.Added);
    }, done => _shapes = done.Shapes?.Changed(done.Removed, done.Added) == true ? done.Shapes : null);

    /// <summary>Takes note that a file was touched, and is what it was.</summary>
    public void Touch(string path, IndexedFile state) => _database.Transact(connection =>
    {
        using var command = Sql(connection, "UPDATE file SET size = $size, modified = $modified WHERE path = $path");
        command.Parameters.AddWithValue("$size", state.Size);
        command.Parameters.AddWithValue("$modified", state.Modified);
        command.Parameters.AddWithValue("$path", path);
        return command.ExecuteNonQuery();
    });

    /// <summary>Makes every file look changed; what is known of them stays until they are read again.</summary>
    public void Distrust() => _database.Transact(connection =>
    {
        using var command = Sql(connection, "UPDATE file SET embedder = ''");
        return command.ExecuteNonQuery();
    });

    /// <summary>Notes that something is about to be forgotten: whatever happens, <see cref="OwesPurge"/> says so until <see cref="Purge"/> is through.</summary>
    public void OwePurge() => _database.Transact(connection => Sql(connection, "PRAGMA application_id = 1").ExecuteNonQuery());

    /// <summary>Leaves nothing in the file, or in broken copies of it, of pieces that are gone. Takes seconds for a large index.</summary>
    public void Purge() => _database.Read(connection =>
    {
        // Deleted terms stay in FTS5's lists until these are merged, deleted rows in free pages, and both in the log until it is emptied.
        foreach (var step in (string[])["INSERT INTO found(found) VALUES('optimize')", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA application_id = 0"])
        {
            using var command = Sql(connection, step);
            command.ExecuteNonQuery();
        }
        // They were kept for what could be saved of them, and everything was.
        foreach (var broken in Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, Path.GetFileName(_path) + ".broken-*")) File.Delete(broken);
        return 0;
    });

    /// <summary>Runs a search. Nobody else uses the index meanwhile.</summary>
    /// <param name="person">Who searches; null for the owner.</param>
    /// <param name="search">The search.</param>
    public T Search<T>(string? person, Func<IndexReader, T> search) => _database.Read(connection =>
    {
        _shapes ??= ShapeTable.Load(connection);
        // Its statements stay prepared as long as the file is open.
        if (_reader is null || !_reader.Reads(connection)) _reader = new IndexReader(connection);
        _reader.Begin(_shapes, person);
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
