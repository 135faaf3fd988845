using Microsoft.Data.Sqlite;
using Models;
using Runtime.Storage;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Storage;

public sealed class DatabaseTests(ITestOutputHelper output) : IDisposable
{
    private static readonly DatabaseSchema Notes = new(["CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE INDEX note_text ON note(text)"], ["note"]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Transact_AfterReopening_IsThere()
    {
        using (var database = Open()) Add(database, "one");
        using var again = Open();
        Assert.Equal(["one"], Texts(again));
        Assert.Empty(_told);
    }

    [Fact]
    public void Files_AreTheirOwnersAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var database = Open();
        Add(database, "one");
        foreach (var file in Directory.GetFiles(_folder.Path)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Transact_ThatThrows_LeavesNothing()
    {
        using var database = Open();
        Assert.Throws<FormatException>(() => database.Transact<int>(connection =>
        {
            Insert(connection, "lost");
            throw new FormatException();
        }));
        Assert.Empty(Texts(database));
    }

    [Fact]
    public void Open_OlderLayout_IsBroughtUpToDate()
    {
        using (var database = Open()) Add(database, "old");
        var newer = new DatabaseSchema([.. Notes.Steps, "ALTER TABLE note ADD COLUMN mark TEXT NOT NULL DEFAULT 'none'"], ["note"]);
        using var again = new Database(_folder["notes.sqlite"], newer, TimeProvider.System, _told.Add);
        Assert.Equal("old none", again.Read(connection => Command(connection, "SELECT text || ' ' || mark FROM note").ExecuteScalar()));
    }

    [Fact]
    public void Open_NewerLayout_IsRefusedAndKept()
    {
        using (var database = Open()) database.Transact(connection => Command(connection, "PRAGMA user_version=9").ExecuteNonQuery());
        using var again = Open();
        Assert.Contains("newer version", Assert.Throws<ModelException>(() => Texts(again)).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.Path, "*.sqlite"));
    }

    [Fact]
    public void Open_NewerLayoutThatOnlyAdds_GoesOnAndLosesNothing()
    {
        var newer = new DatabaseSchema([.. Notes.Steps, "ALTER TABLE note ADD COLUMN mark TEXT NOT NULL DEFAULT 'none'"], ["note"]) { Oldest = Notes.Steps.Count };
        using (var before = Open()) Add(before, "before");
        using (var ahead = new Database(_folder["notes.sqlite"], newer, TimeProvider.System, _told.Add))
            ahead.Transact(connection => Command(connection, "INSERT INTO note (text, mark) VALUES ('ahead', 'red')").ExecuteNonQuery());
        // The update went back: the program before it reads and writes, and what the newer one wrote stays.
        using (var back = Open())
        {
            Add(back, "back");
            Assert.Equal(["before", "ahead", "back"], Texts(back));
        }
        using var again = new Database(_folder["notes.sqlite"], newer, TimeProvider.System, _told.Add);
        Assert.Equal("none,red,none", again.Read(connection => Command(connection, "SELECT group_concat(mark, ',') FROM (SELECT mark FROM note ORDER BY rowid)").ExecuteScalar()));
        Assert.Empty(_told);
    }

    [Fact]
    public void Open_NoDatabase_IsPutAsideAndTold()
    {
        File.WriteAllText(_folder["notes.sqlite"], new string('x', 5000));
        using var database = Open();
        Add(database, "new");
        Assert.Equal(["new"], Texts(database));
        Assert.Contains("was broken", Assert.Single(_told), StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(Assert.Single(Directory.GetFiles(_folder.Path, "*.broken-*"))).Length);
    }

    /// <summary>A thousand files with one bit wrong each: every one opens, takes a row, and keeps what can be read.</summary>
    [Fact]
    public void Open_OneBitWrong_AlwaysWorksAndKeepsTheBrokenFile()
    {
        using (var database = Open())
            database.Transact(connection => Enumerable.Range(0, 400).Sum(n => Insert(connection, $"note {n} {new string((char)('a' + n % 26), 40)}")));
        var whole = File.ReadAllBytes(_folder["notes.sqlite"]);
        var random = new SeededRandom(7);
        var (noticed, fewest, kept) = (0, 400, 0L);
        for (var round = 0; round < 1000; round++)
        {
            foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
            _told.Clear();
            var bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder["notes.sqlite"], bytes);
            using var database = Open();
            Add(database, "after");
            var texts = Texts(database);
            Assert.Contains("after", texts);
            var left = texts.Count(text => text.StartsWith("note ", StringComparison.Ordinal));
            if (_told.Count > 0)
            {
                noticed++;
                fewest = Math.Min(fewest, left);
                kept += left;
                Assert.NotEmpty(Directory.GetFiles(_folder.Path, "*.broken-*"));
            }
        }
        output.WriteLine($"figure: SQLite files with one bit wrong: 1000 of 1000 open and take a row; {noticed} were noticed as broken, of whose 400 rows {(noticed == 0 ? 400 : kept / noticed)} were kept on average");
        Assert.True(noticed > 0);
    }

    [RootFact]
    public void Transact_FullDisk_SaysSoAndKeepsWhatWasThere()
    {
        using var disk = new SmallDisk(_folder.Path, 256 * 1024);
        using var database = new Database(Path.Combine(disk.Path, "notes.sqlite"), Notes, TimeProvider.System, _told.Add);
        var acknowledged = 0;
        var refusal = Assert.Throws<ModelException>(AddUntilFull);
        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(acknowledged, Texts(database).Count);

        void AddUntilFull()
        {
            for (; ; acknowledged++) Add(database, new string('x', 4000));
        }
    }

    private Database Open() => new(_folder["notes.sqlite"], Notes, TimeProvider.System, _told.Add);

    private static void Add(Database database, string text) => database.Transact(connection => Insert(connection, text));

    private static int Insert(SqliteConnection connection, string text)
    {
        using var command = Command(connection, "INSERT INTO note(text) VALUES($text)");
        command.Parameters.AddWithValue("$text", text);
        return command.ExecuteNonQuery();
    }

    private static List<string> Texts(Database database) => database.Read(connection =>
    {
        using var reader = Command(connection, "SELECT text FROM note ORDER BY id").ExecuteReader();
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetString(0));
        return texts;
    });

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
