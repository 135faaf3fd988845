using Microsoft.Data.Sqlite;
using Runtime.Memory.Distilling;
using Runtime.Memory.Files;
using Runtime.Storage;

namespace Runtime.Memory;

/// <summary>How a memory is, by its files as they lie there: nothing is loaded, changed or repaired for it.</summary>
/// <param name="Files">Files that are searched.</param>
/// <param name="Indexed">How many of these the index knows.</param>
/// <param name="Pieces">Pieces in the index.</param>
/// <param name="Through">The last day that was distilled; null for none.</param>
/// <param name="Fault">What is wrong with the index; null where nothing is, or there is none yet.</param>
/// <param name="BrokenCopies">Broken indexes that were put aside; they may hold what was forgotten since.</param>
public sealed record MemoryState(int Files, int Indexed, int Pieces, DateOnly? Through, string? Fault, IReadOnlyList<string> BrokenCopies)
{
    /// <summary>Looks.</summary>
    /// <param name="workspace">Full path of the workspace.</param>
    /// <param name="index">Where the index is.</param>
    /// <exception cref="Models.ModelException">The files cannot be read.</exception>
    public static MemoryState Read(string workspace, string index)
    {
        var (folder, home) = (new MemoryFolder(workspace), Path.GetDirectoryName(index)!);
        var files = folder.All().Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var through = DistilledText.Through(folder.ReadAll(MemoryFolder.Lasting));
        var state = new MemoryState(files.Count, 0, 0, through, null, Directory.Exists(home) ? Directory.GetFiles(home, Path.GetFileName(index) + ".broken-*") : []);
        if (!File.Exists(index)) return state;
        try
        {
            using var connection = Database.Connect(index, SqliteOpenMode.ReadOnly);
            if (Value(connection, "PRAGMA quick_check(1)") is not "ok") return state with { Fault = $"{index} is damaged" };
            // One that was made by an earlier program is made anew when it is next used.
            if (Value(connection, "SELECT count(*) FROM pragma_table_info('shape') WHERE name = 'owner'") is 0L) return state;
            var indexed = 0;
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT path FROM file";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                if (files.Contains(reader.GetString(0))) indexed++;
            return state with { Indexed = indexed, Pieces = (int)(long)Value(connection, "SELECT count(*) FROM shape")! };
        }
        catch (SqliteException e)
        {
            return state with { Fault = $"{index}: {e.Message}" };
        }
    }

    private static object? Value(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
