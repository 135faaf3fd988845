using Microsoft.Data.Sqlite;
using Models;

namespace Runtime.Storage;

/// <summary>
/// A SQLite database in one file that always opens: one that is broken is put aside under another name, what can be read of it is carried
/// over, and the owner is told. What a transaction returned from is on the disk (WAL with <c>synchronous=FULL</c>: in a simulated power
/// cut NORMAL lost acknowledged rows). Safe for several threads; they take turns.
/// </summary>
public sealed class Database : IDisposable
{
    internal const int Corrupt = 11;

    private const int Error = 1, Constraint = 19, NotADatabase = 26;

    // A wrong bit can hide until somebody reads just there. Looking through a file of this size takes some 0.1 s; a larger one is looked
    // through only where it was not closed properly.
    private const long AlwaysLookedThrough = 32 * 1024 * 1024;

    private readonly string _path;
    private readonly DatabaseSchema _schema;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly Lock _turn = new();
    private SqliteConnection? _connection;

    static Database() => SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_sqlite3());

    /// <summary>A database; its file is opened, or made, when it is first used.</summary>
    /// <param name="path">Its file. Two more stand beside it while it is open, with <c>-wal</c> and <c>-shm</c> after its name.</param>
    /// <param name="schema">How it is laid out.</param>
    /// <param name="time">Dates the name of a broken file.</param>
    /// <param name="tell">Hears, in one sentence for a person, what was found broken and what became of it.</param>
    public Database(string path, DatabaseSchema schema, TimeProvider time, Action<string> tell) => (_path, _schema, _time, _tell) = (path, schema, time, tell);

    /// <summary>Runs something in a transaction of its own: all of it is on the disk afterwards, or none.</summary>
    /// <param name="work">What to do. It may be run twice, where the file turns out to be broken the first time.</param>
    /// <param name="then">Runs once it is on the disk, before anybody else comes to the database.</param>
    /// <exception cref="ModelException">The disk is full or the file cannot be opened; nothing of it was kept.</exception>
    public T Transact<T>(Func<SqliteConnection, T> work, Action<T>? then = null) => Guarded(connection =>
    {
        using var transaction = connection.BeginTransaction();
        var result = work(connection);
        transaction.Commit();
        then?.Invoke(result);
        return result;
    });

    /// <summary>Reads.</summary>
    /// <param name="work">What to read. It may be run twice, where the file turns out to be broken the first time.</param>
    /// <exception cref="ModelException">The file cannot be opened.</exception>
    public T Read<T>(Func<SqliteConnection, T> work) => Guarded(work);

    /// <summary>Closes the file; it is whole without its two companions then.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private T Guarded<T>(Func<SqliteConnection, T> work)
    {
        lock (_turn)
        {
            try
            {
                try
                {
                    return work(Opened());
                }
                catch (SqliteException e) when (IsDamage(e.SqliteErrorCode))
                {
                    Salvage(e);
                    return work(Opened());
                }
            }
            catch (SqliteException e)
            {
                throw new ModelException($"Cannot use the database {_path}: {e.Message}. Look whether its disk is full or its folder may not be written.", e);
            }
        }
    }

    // Where everything is made again from elsewhere nobody's input can break a rule: rows or tables that contradict each other are damage too,
    // such as an index that has what its table has not.
    private bool IsDamage(int code) => code is Corrupt or NotADatabase || (code is Error or Constraint && _schema.Kept.Count == 0);

    private SqliteConnection Opened()
    {
        if (_connection is { } open) return open;
        var isSuspect = File.Exists(_path) && (File.Exists(_path + "-wal") || new FileInfo(_path).Length <= AlwaysLookedThrough);
        Make(_path);
        var connection = Connect(_path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2000");
            if (isSuspect && Scalar(connection, "PRAGMA quick_check(1)") is not "ok") throw new SqliteException("a page of it is not what was written", Corrupt);
            Upgrade(connection);
            return _connection = connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Upgrade(SqliteConnection connection)
    {
        var (version, oldest) = Layout((int)(long)Scalar(connection, "PRAGMA user_version")!);
        if (version > _schema.Steps.Count && _schema.Kept.Count == 0) throw new SqliteException($"its layout is {version}, which nobody wrote that is known here", Corrupt);
        // A newer program was here, and left it so that this one can go on.
        if (version > _schema.Steps.Count && oldest <= _schema.Steps.Count) return;
        if (version > _schema.Steps.Count)
            throw new ModelException($"The database {_path} was written by a newer version of this program (layout {version}, this one knows {_schema.Steps.Count}). Use that version, or move the file away.");
        for (; version < _schema.Steps.Count; version++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, _schema.Steps[version]);
            Execute(connection, $"PRAGMA user_version={Number(version + 1)}");
            transaction.Commit();
        }
    }

    // The layout, and above 65,536 the lowest whose programs can go on with it, where that is another.
    private int Number(int version) => Math.Min(_schema.Oldest, version) is var oldest && oldest == version ? version : version | (oldest << 16);

    private static (int Version, int Oldest) Layout(int number) => number >> 16 is 0 ? (number, number) : (number & 0xffff, number >> 16);

    // The broken file stays, whole, under another name: somebody may get more out of it than this does.
    private void Salvage(SqliteException fault)
    {
        _connection?.Dispose();
        _connection = null;
        var aside = Aside();
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            if (File.Exists(_path + suffix)) File.Move(_path + suffix, aside + suffix);
        var kept = Salvaged.CopyRows(aside, Opened(), _schema.Kept);
        _tell($"The database {_path} was broken ({fault.Message}). It is kept as {aside}, and a new one is in its place"
            + (_schema.Kept.Count == 0 ? "." : $" with {kept} rows that could still be read."));
    }

    private string Aside()
    {
        var name = $"{_path}.broken-{_time.GetUtcNow():yyyyMMdd-HHmmss}";
        for (var number = 2; ; number++)
        {
            if (!File.Exists(name)) return name;
            name = $"{_path}.broken-{_time.GetUtcNow():yyyyMMdd-HHmmss}-{number}";
        }
    }

    // SQLite would let others read it, and gives its two companions the mode of the file.
    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path)) return;
        try { new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { /* SQLite meets the same, and says which file. */ }
    }

    // Without a pool: a connection that is disposed of has closed its file.
    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
