using System.Text.Json;
using Microsoft.Data.Sqlite;
using Models;
using Runtime.Storage;

namespace Runtime.Schedule.Jobs;

/// <summary>
/// The jobs of this box and their runs, in one SQLite file. What a method returned from is on the disk. The file is not made before there
/// is a job. Safe for several threads.
/// </summary>
public sealed class JobBook : IDisposable
{
    /// <summary>Jobs there may be.</summary>
    public const int Most = 1000;

    /// <summary>Runs of a job that are remembered.</summary>
    public const int MostRuns = 200;

    private static readonly DatabaseSchema Schema = new(
    [
        """
        CREATE TABLE jobs (id TEXT PRIMARY KEY, job TEXT NOT NULL);
        CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, job TEXT NOT NULL, slot INTEGER, attempt INTEGER NOT NULL, started INTEGER NOT NULL,
            ended INTEGER, status TEXT, error TEXT, summary TEXT, session TEXT, delivery TEXT, delivery_error TEXT);
        CREATE UNIQUE INDEX runs_slot ON runs (job, slot, attempt);
        CREATE TABLE scratch (job TEXT PRIMARY KEY, content TEXT, revision INTEGER NOT NULL, updated INTEGER NOT NULL);
        CREATE TABLE events (number INTEGER PRIMARY KEY, agent TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL);
        CREATE TABLE spent (agent TEXT NOT NULL, day TEXT NOT NULL, tokens INTEGER NOT NULL, PRIMARY KEY (agent, day));
        """,
    ], ["jobs", "runs", "scratch", "events", "spent"]);

    private readonly Database _database;
    private readonly Lock _lock = new();
    private Dictionary<string, Job>? _jobs;

    /// <summary>The jobs under a home folder.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="time">Dates the name of a broken file.</param>
    /// <param name="tell">Hears what was found broken.</param>
    public JobBook(string home, TimeProvider time, Action<string> tell)
    {
        Path = PathIn(home);
        _database = new Database(Path, Schema, time, tell);
    }

    /// <summary>True where there are jobs under a home folder.</summary>
    public static bool IsIn(string home) => File.Exists(PathIn(home));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What else is kept in the file: notes of jobs, and what waits for heartbeats.</summary>
    public JobNotes Notes => new(_database, Path);

    /// <summary>All jobs, the oldest first.</summary>
    public IReadOnlyList<Job> List()
    {
        lock (_lock) return [.. Jobs.Values.OrderBy(job => job.CreatedAtMs).ThenBy(job => job.Id, StringComparer.Ordinal)];
    }

    /// <summary>The job of that id, or null.</summary>
    public Job? Find(string id)
    {
        lock (_lock) return Jobs.GetValueOrDefault(id);
    }

    /// <summary>Keeps a job, new or changed.</summary>
    /// <exception cref="ModelException">There are too many, or it cannot be written.</exception>
    public void Put(Job job) => Write(job, null);

    /// <summary>Keeps a job together with a run that begins or ends: all of it or nothing.</summary>
    /// <exception cref="ModelException">It cannot be written, or that slot was claimed before.</exception>
    public void Put(Job job, JobRun run) => Write(job, run);

    /// <summary>Removes a job with all its runs. False where there is none.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public bool Remove(string id)
    {
        lock (_lock)
        {
            if (!Jobs.ContainsKey(id)) return false;
            _database.Transact(to =>
            {
                foreach (var table in (string[])["jobs WHERE id", "runs WHERE job", "scratch WHERE job"]) Sql.Run(to, $"DELETE FROM {table} = $id", ("$id", id));
                return true;
            });
            return Jobs.Remove(id);
        }
    }

    /// <summary>Runs that were claimed and have not ended, oldest first.</summary>
    public IReadOnlyList<JobRun> Open() => Runs("WHERE ended IS NULL ORDER BY number");

    /// <summary>Runs that ended, the newest first.</summary>
    /// <param name="job">Of one job; null for all.</param>
    public IReadOnlyList<JobRun> Ended(string? job) => Runs("WHERE ended IS NOT NULL AND ($job IS NULL OR job = $job) ORDER BY number DESC", ("$job", job));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _database.Dispose();

    /// <summary>Where a home's is.</summary>
    public static string PathIn(string home) => System.IO.Path.Combine(home, "schedule.sqlite");

    private Dictionary<string, Job> Jobs => _jobs ??= !File.Exists(Path) ? new(StringComparer.Ordinal) : _database.Read(from =>
        Sql.Rows(from, "SELECT job FROM jobs", row => JsonSerializer.Deserialize(row.GetString(0), JobJson.Default.Job)!).ToDictionary(job => job.Id, StringComparer.Ordinal));

    private IReadOnlyList<JobRun> Runs(string where, params (string, object?)[] values) => !File.Exists(Path) ? [] : _database.Read(from =>
        Sql.Rows(from, $"SELECT id, job, slot, attempt, started, ended, status, error, summary, session, delivery, delivery_error FROM runs {where}", Run, values));

    private void Write(Job job, JobRun? run)
    {
        lock (_lock)
        {
            if (!Jobs.ContainsKey(job.Id) && Jobs.Count >= Most) throw new ModelException($"There are {Most} jobs already. Remove some to add another.");
            _database.Transact(to =>
            {
                Sql.Run(to, "INSERT INTO jobs (id, job) VALUES ($id, $job) ON CONFLICT (id) DO UPDATE SET job = $job", ("$id", job.Id), ("$job", JsonSerializer.Serialize(job, JobJson.Default.Job)));
                if (run is not null) Write(to, run);
                return true;
            });
            Jobs[job.Id] = job;
        }
    }

    private static void Write(SqliteConnection to, JobRun run)
    {
        Sql.Run(
            to,
            """
            INSERT INTO runs (id, job, slot, attempt, started, ended, status, error, summary, session, delivery, delivery_error)
            VALUES ($id, $job, $slot, $attempt, $started, $ended, $status, $error, $summary, $session, $delivery, $delivery_error)
            ON CONFLICT (id) DO UPDATE SET ended = $ended, status = $status, error = $error, summary = $summary, session = $session, delivery = $delivery, delivery_error = $delivery_error
            """,
            ("$id", run.Id), ("$job", run.JobId), ("$slot", run.SlotMs), ("$attempt", run.Attempt), ("$started", run.StartedAtMs), ("$ended", run.EndedAtMs),
            ("$status", run.Status), ("$error", run.Error), ("$summary", run.Summary), ("$session", run.SessionKey), ("$delivery", run.Delivery), ("$delivery_error", run.DeliveryError));
        Sql.Run(
            to, "DELETE FROM runs WHERE job = $job AND ended IS NOT NULL AND number <= (SELECT number FROM runs WHERE job = $job ORDER BY number DESC LIMIT 1 OFFSET $most)",
            ("$job", run.JobId), ("$most", MostRuns));
    }

    private static JobRun Run(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.GetInt32(3), row.GetInt64(4))
    {
        EndedAtMs = row.IsDBNull(5) ? null : row.GetInt64(5),
        Status = Text(row, 6),
        Error = Text(row, 7),
        Summary = Text(row, 8),
        SessionKey = Text(row, 9),
        Delivery = Text(row, 10),
        DeliveryError = Text(row, 11),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
