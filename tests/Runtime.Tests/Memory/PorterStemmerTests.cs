using Microsoft.Data.Sqlite;
using Runtime.Memory.Index;
using Runtime.Storage;
using TestKit;

namespace Runtime.Tests.Memory;

public sealed class PorterStemmerTests
{
    // The paper's own examples.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("feed", "feed")]
    [InlineData("agreed", "agre")]
    [InlineData("plastered", "plaster")]
    [InlineData("motoring", "motor")]
    [InlineData("conflated", "conflat")]
    [InlineData("hopping", "hop")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("relational", "relat")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("triplicate", "triplic")]
    [InlineData("adjustment", "adjust")]
    [InlineData("probate", "probat")]
    [InlineData("controll", "control")]
    [InlineData("café", "café")]
    public void Stem_Word_IsThePapers(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    /// <summary>SQLite's own stemmer, over every word of Cranfield, says the same.</summary>
    [SharedFact("evals/cranfield")]
    public void Stem_AllWordsOfACollection_AreSqlitesStems()
    {
        using var folder = new TemporaryFolder();
        using var database = new Database(folder["x.sqlite"], new DatabaseSchema(
            ["CREATE VIRTUAL TABLE words USING fts5(word, tokenize='porter ascii'); CREATE VIRTUAL TABLE stems USING fts5vocab(words, 'instance')"], []), TimeProvider.System, _ => { });
        var words = File.ReadAllText(Shared.Find("evals/cranfield", "cran.all.1400")!).ToLowerInvariant()
            .Split((char[])[.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => c is not (>= 'a' and <= 'z'))], StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        var theirs = database.Transact(connection =>
        {
            foreach (var word in words) Run(connection, "INSERT INTO words VALUES($word)", word);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT term FROM stems ORDER BY doc";
            using var reader = command.ExecuteReader();
            var stems = new List<string>();
            while (reader.Read()) stems.Add(reader.GetString(0));
            return stems;
        });
        Assert.True(words.Count > 5000);
        Assert.Equal(theirs, words.Select(PorterStemmer.Stem));
    }

    private static void Run(SqliteConnection connection, string sql, string word)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$word", word);
        command.ExecuteNonQuery();
    }
}
