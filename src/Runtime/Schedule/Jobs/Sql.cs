using Microsoft.Data.Sqlite;

namespace Runtime.Schedule.Jobs;

/// <summary>Statements with named values.</summary>
internal static class Sql
{
    /// <summary>Runs one; returns how many rows it changed.</summary>
    public static int Run(SqliteConnection on, string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(on, text, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>What it finds.</summary>
    public static List<T> Rows<T>(SqliteConnection on, string text, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(on, text, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private static SqliteCommand Command(SqliteConnection on, string text, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = on.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
