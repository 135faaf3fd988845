using Models;
using Models.Store;

namespace Runtime.Sessions;

/// <summary>
/// The sessions of one agent: a folder with a transcript each. Read when they are first asked for; safe for several threads, for one
/// process at a time.
/// </summary>
public sealed class SessionStore
{
    internal const string Ending = ".jsonl";

    // A transcript that a session was, and can be again.
    private const string Branch = ".branch";

    private const long Hour = 60 * 60 * 1000, Day = 24 * Hour;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private Dictionary<string, Session>? _sessions;
    private long _cleanedAt;

    /// <summary>The sessions in a folder, which may not exist yet.</summary>
    public SessionStore(string folder, TimeProvider time) => (Folder, _time) = (folder, time);

    /// <summary>Where the transcripts are.</summary>
    public string Folder { get; }

    /// <summary>Sessions there may be: asking for one by a new name begins it, and names cost nothing. At that many the oldest helper's that ended gives way, never a person's.</summary>
    public int Most { get; init; } = 10_000;

    /// <summary>What becomes of helpers' sessions.</summary>
    public HelperRules Helpers { get; set; } = new();

    /// <summary>Hears of a helper's session that is gone: its key.</summary>
    public event Action<string>? HelperGone;

    /// <summary>All sessions, the one written to last first.</summary>
    public IReadOnlyList<Session> List()
    {
        lock (_lock)
        {
            CleanUp();
            return [.. Sessions.Values.OrderByDescending(s => s.UpdatedAt).ThenBy(s => s.Key, StringComparer.Ordinal)];
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get { lock (_lock) return Sessions.Count; }
    }

    /// <summary>The session of that key, or null.</summary>
    public Session? Find(string key)
    {
        lock (_lock) return Sessions.GetValueOrDefault(key);
    }

    /// <summary>The session of that key; begins it where there is none.</summary>
    /// <exception cref="ModelException">There are too many, or it cannot be written.</exception>
    public Session GetOrCreate(string key)
    {
        lock (_lock)
        {
            if (Sessions.TryGetValue(key, out var session)) return session;
            return Begin(key);
        }
    }

    /// <summary>Begins a session with what was said in another one; that one stays as it is.</summary>
    /// <param name="key">The new session, which must not be there.</param>
    /// <param name="source">The other one.</param>
    /// <param name="earlier">What both share.</param>
    /// <param name="messageId">The message at which they part.</param>
    /// <exception cref="ModelException">There are too many, or it cannot be written.</exception>
    public Session Fork(string key, Session source, IReadOnlyList<SessionMessage> earlier, string messageId)
    {
        lock (_lock)
        {
            if (Sessions.ContainsKey(key)) throw new ModelException($"There is a session {key} already.");
            var fork = Begin(key, new ForkSource(source.Key, source.Id, messageId), earlier);
            fork.Set(_ => new SessionSettings { Model = source.Settings.Model, Category = source.Settings.Category });
            return fork;
        }
    }

    /// <summary>Begins the session anew and keeps its settings; the old transcript is set aside.</summary>
    public Session Reset(string key)
    {
        lock (_lock)
        {
            var old = Sessions.GetValueOrDefault(key);
            old?.SetAside($".reset.{_time.GetUtcNow().ToUnixTimeMilliseconds()}");
            EndBranches(key);
            var next = Session.Create(HomeFolder.EnsureFolder(Folder), key, _time);
            if (old is not null) next.Set(_ => old.Settings with { HandedTo = null });
            return Sessions[key] = next;
        }
    }

    /// <summary>Removes a session; its transcript is set aside. Returns where that is, or null where there was none.</summary>
    public string? Delete(string key)
    {
        lock (_lock)
        {
            if (!Sessions.Remove(key, out var session)) return null;
            EndBranches(key);
            return session.SetAside($".deleted.{_time.GetUtcNow().ToUnixTimeMilliseconds()}");
        }
    }

    // Whoever begins anew under the same name does not find them.
    private void EndBranches(string key)
    {
        foreach (var branch in Branches(key))
        {
            branch.BringBack(Branch);
            branch.SetAside($".deleted.{_time.GetUtcNow().ToUnixTimeMilliseconds()}");
        }
    }

    /// <summary>Lets a session go on from an earlier message; as it was it is kept as a branch.</summary>
    /// <param name="session">The session, in which no turn runs.</param>
    /// <param name="earlier">What stays.</param>
    /// <exception cref="ModelException">It cannot be written; the session is as it was.</exception>
    public Session Rewind(Session session, IReadOnlyList<SessionMessage> earlier)
    {
        lock (_lock)
        {
            // The new one first: after a power cut between the two the newer counts, and the other is there all the same.
            var next = Session.Create(Folder, session.Key, _time, session.Fork, earlier);
            next.Set(_ => session.Settings);
            session.SetAside(Branch);
            return Sessions[session.Key] = next;
        }
    }

    /// <summary>What a session was before it was taken back to an earlier message, the one written to last first.</summary>
    public IReadOnlyList<Session> Branches(string key)
    {
        if (!Directory.Exists(Folder)) return [];
        lock (_lock)
        {
            return [.. Directory.EnumerateFiles(Folder, "*" + Ending + Branch)
                .Where(path => new TranscriptFile(path).Read().FirstOrDefault()?.Key == key)
                .Select(path => Session.Open(path, _time)).OfType<Session>().OrderByDescending(s => s.UpdatedAt)];
        }
    }

    /// <summary>Brings a branch back; what the session is now becomes one. Null where there is no branch that ends with that message.</summary>
    /// <param name="session">The session, in which no turn runs.</param>
    /// <param name="leafId">The branch's newest message.</param>
    public Session? Switch(Session session, string leafId)
    {
        lock (_lock)
        {
            if (Branches(session.Key).FirstOrDefault(branch => branch.LeafId == leafId) is not { } branch) return null;
            session.SetAside(Branch);
            branch.BringBack(Branch);
            return Sessions[session.Key] = branch;
        }
    }

    private Session Begin(string key, ForkSource? fork = null, IReadOnlyList<SessionMessage>? earlier = null)
    {
        CleanUp();
        if (Sessions.Count >= Most && !MakeRoom()) throw new ModelException($"There are {Most} sessions already. Delete some to begin another.");
        return Sessions[key] = Session.Create(HomeFolder.EnsureFolder(Folder), key, _time, fork, earlier);
    }

    // Looked at when sessions are asked for or begun, once an hour at most, so that nothing has to wake up for it.
    private void CleanUp()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Helpers.Days <= 0 || Math.Abs(now - _cleanedAt) < Hour) return;
        _cleanedAt = now;
        foreach (var session in Sessions.Values.Where(s => now - s.UpdatedAt > Helpers.Days * Day && s.IsEndedHelper(now)).ToList())
        {
            try
            {
                if (Helpers.Deletes) Forget(session, session.Delete);
                else session.Set(settings => settings with { Archived = true });
            }
            catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
            {
                // A disk that takes nothing is no reason to show nobody's sessions; it is tried again.
            }
        }
    }

    private bool MakeRoom()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Sessions.Values.Where(s => s.IsEndedHelper(now)).MinBy(s => s.CreatedAt) is not { } oldest) return false;
        Forget(oldest, () => oldest.SetAside($".deleted.{now}"));
        return true;
    }

    private void Forget(Session session, Action remove)
    {
        remove();
        Sessions.Remove(session.Key);
        HelperGone?.Invoke(session.Key);
    }

    private Dictionary<string, Session> Sessions => _sessions ??= Load();

    private Dictionary<string, Session> Load()
    {
        var sessions = new Dictionary<string, Session>(StringComparer.Ordinal);
        if (!Directory.Exists(Folder)) return sessions;
        foreach (var path in Directory.EnumerateFiles(Folder, "*" + Ending))
        {
            // Of two with one key, which a power cut inside a reset leaves, the newer counts.
            if (Session.Open(path, _time) is { } session && (!sessions.TryGetValue(session.Key, out var other) || other.CreatedAt < session.CreatedAt))
                sessions[session.Key] = session;
        }
        return sessions;
    }
}
