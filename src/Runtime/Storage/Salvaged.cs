using Microsoft.Data.Sqlite;

namespace Runtime.Storage;

/// <summary>Gets rows out of a broken SQLite file: from the first on until one cannot be read, then from the last backwards.</summary>
internal static class Salvaged
{
    /// <summary>Copies what can be read of some tables that are in both databases. Never throws for what is in the broken one.</summary>
    /// <returns>How many rows were copied.</returns>
    public static int CopyRows(string broken, SqliteConnection target, IReadOnlyList<string> tables)
    {
        if (tables.Count == 0) return 0;
        try
        {
            using var source = Database.Connect(broken, SqliteOpenMode.ReadOnly);
            using var transaction = target.BeginTransaction();
            var copied = tables.Sum(table => Copy(source, target, table, "ASC") + Copy(source, target, table, "DESC"));
            transaction.Commit();
            return copied;
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    private static int Copy(SqliteConnection source, SqliteConnection target, string table, string direction)
    {
        var copied = 0;
        try
        {
            using var select = source.CreateCommand();
            select.CommandText = $"SELECT rowid, * FROM \"{table}\" ORDER BY rowid {direction}";
            using var reader = select.ExecuteReader();
            using var insert = target.CreateCommand();
            var columns = Enumerable.Range(0, reader.FieldCount).ToArray();
            // A row that is there already, or that the layout forbids since a bit of it is wrong, is passed over.
            insert.CommandText = $"INSERT OR IGNORE INTO \"{table}\" ({string.Join(',', columns.Select(n => $"\"{reader.GetName(n)}\"").Distinct())}) "
                + $"VALUES ({string.Join(',', columns.Where(n => n == 0 || reader.GetName(n) != reader.GetName(0)).Select(n => $"$v{n}"))})";
            while (reader.Read())
            {
                insert.Parameters.Clear();
                foreach (var n in columns) insert.Parameters.AddWithValue($"$v{n}", reader.GetValue(n));
                copied += insert.ExecuteNonQuery();
            }
        }
        catch (SqliteException)
        {
            // As far as it goes.
        }
        return copied;
    }
}
