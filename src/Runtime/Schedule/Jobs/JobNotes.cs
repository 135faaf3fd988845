using Runtime.Storage;

namespace Runtime.Schedule.Jobs;

/// <summary>What is kept beside the jobs: a job's own notes, what waits for an agent's next heartbeat, what heartbeats have spent. Safe for several threads.</summary>
/// <param name="database">The file.</param>
/// <param name="path">Where it is.</param>
public sealed class JobNotes(Database database, string path)
{
    /// <summary>Longest notes of a job, characters.</summary>
    public const int Longest = 262_144;

    /// <summary>Texts that may wait for an agent's heartbeat.</summary>
    public const int MostWaiting = 20;

    /// <summary>A job's notes; content null where there are none.</summary>
    public (string? Content, long Revision, long UpdatedAtMs) Read(string job) => !File.Exists(path) ? (null, 0, 0) : database.Read(from =>
        Sql.Rows(from, "SELECT content, revision, updated FROM scratch WHERE job = $job", row => (row.IsDBNull(0) ? null : row.GetString(0), row.GetInt64(1), row.GetInt64(2)), ("$job", job)).FirstOrDefault());

    /// <summary>Replaces a job's notes.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="content">What they are to be; null for none.</param>
    /// <param name="expected">The revision the writer has seen; null to write whatever is there.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>The revision that is there now; null where it is not the expected one and nothing was written.</returns>
    public long? Write(string job, string? content, long? expected, long now) => database.Transact<long?>(to =>
    {
        var revision = Sql.Rows(to, "SELECT revision FROM scratch WHERE job = $job", row => row.GetInt64(0), ("$job", job)).FirstOrDefault();
        if (expected is { } seen && seen != revision) return null;
        Sql.Run(
            to, "INSERT INTO scratch (job, content, revision, updated) VALUES ($job, $content, $next, $now) ON CONFLICT (job) DO UPDATE SET content = $content, revision = $next, updated = $now",
            ("$job", job), ("$content", content), ("$next", revision + 1), ("$now", now));
        return revision + 1;
    });

    /// <summary>Lets a text wait for an agent's heartbeat; of too many the oldest goes.</summary>
    public void Leave(string agent, string text, long now) => database.Transact(to =>
    {
        Sql.Run(to, "INSERT INTO events (agent, text, at) VALUES ($agent, $text, $now)", ("$agent", agent), ("$text", text), ("$now", now));
        return Sql.Run(to, "DELETE FROM events WHERE agent = $agent AND number <= (SELECT number FROM events WHERE agent = $agent ORDER BY number DESC LIMIT 1 OFFSET $most)", ("$agent", agent), ("$most", MostWaiting));
    });

    /// <summary>What waits for an agent's heartbeat, oldest first.</summary>
    public IReadOnlyList<(long Number, string Text)> Waiting(string agent) => !File.Exists(path) ? [] : database.Read(from =>
        Sql.Rows(from, "SELECT number, text FROM events WHERE agent = $agent ORDER BY number", row => (row.GetInt64(0), row.GetString(1)), ("$agent", agent)));

    /// <summary>What an agent's heartbeats have spent on a day, tokens.</summary>
    public long Spent(string agent, string day) => !File.Exists(path) ? 0 : database.Read(from =>
        Sql.Rows(from, "SELECT tokens FROM spent WHERE agent = $agent AND day = $day", row => row.GetInt64(0), ("$agent", agent), ("$day", day)).FirstOrDefault());

    /// <summary>Notes a heartbeat: what it spent, and that it told what waited up to a number.</summary>
    public void Spend(string agent, string day, long tokens, long told) => database.Transact(to =>
    {
        Sql.Run(to, "DELETE FROM events WHERE agent = $agent AND number <= $told", ("$agent", agent), ("$told", told));
        Sql.Run(to, "DELETE FROM spent WHERE agent = $agent AND day <> $day", ("$agent", agent), ("$day", day));
        return Sql.Run(to, "INSERT INTO spent (agent, day, tokens) VALUES ($agent, $day, $tokens) ON CONFLICT (agent, day) DO UPDATE SET tokens = tokens + $tokens", ("$agent", agent), ("$day", day), ("$tokens", tokens));
    });
}
