using Runtime.Tools;

namespace Runtime.Sessions;

/// <summary>
/// A conversation that is kept: its transcript on disk and what of it is often asked for in memory. One writer at a time; safe for several
/// threads.
/// </summary>
public sealed class Session
{
    private const int PreviewLength = 160;

    // Far longer than any turn may take.
    private const long LongestHelp = 24 * 60 * 60 * 1000;
    private readonly Lock _lock = new();
    private readonly TranscriptFile _file;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    // Turns without an end, and how often each was resumed.
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    // A person has said something in it.
    private bool _hasPerson;

    private Session(TranscriptFile file, TimeProvider time, string key, string id, long createdAt, ForkSource? fork)
    {
        (_file, _time, Key, Id, Fork) = (file, time, key, id, fork);
        CreatedAt = UpdatedAt = createdAt;
    }

    /// <summary>Its name, <c>agent:main:…</c>.</summary>
    public string Key { get; }

    /// <summary>The id of this transcript; a reset begins another.</summary>
    public string Id { get; }

    /// <summary>When it began, Unix milliseconds.</summary>
    public long CreatedAt { get; }

    /// <summary>Where it was split off, or null.</summary>
    public ForkSource? Fork { get; }

    /// <summary>The session whose turn gave this one its task, where it is a helper's; null for every other.</summary>
    public string? SpawnedBy { get; private set; }

    /// <summary>When it was last written to, Unix milliseconds.</summary>
    public long UpdatedAt { get; private set; }

    /// <summary>What its owner set.</summary>
    public SessionSettings Settings { get; private set; } = new();

    /// <summary>How many messages it has.</summary>
    public int MessageCount { get; private set; }

    /// <summary>Tokens of all prompts and of all answers.</summary>
    public (long Input, long Output) Tokens { get; private set; }

    /// <summary>Tokens of the last turn: what its context held.</summary>
    public long LastTurnTokens { get; private set; }

    /// <summary>The beginning of the first message of a person, or null.</summary>
    public string? Title { get; private set; }

    /// <summary>The beginning of the last message, or null.</summary>
    public string? LastPreview { get; private set; }

    /// <summary>Why the last answer ended, or null.</summary>
    public string? LastStopReason { get; private set; }

    /// <summary>True once something was read in it that is private or written by others.</summary>
    public bool IsTainted { get; private set; }

    /// <summary>The id of its newest message, or null where it has none.</summary>
    public string? LeafId { get; private set; }

    /// <summary>How often its older part was put into a summary.</summary>
    public int Compactions { get; private set; }

    /// <summary>Bytes of an unfinished line that were cut off when it was opened.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>Where the transcript is.</summary>
    public string Path => _file.Path;

    /// <summary>One turn at a time; the others wait here in order.</summary>
    internal SemaphoreSlim Lane { get; } = new(1, 1);

    /// <summary>Begins a transcript, with what was said before where it is split off another.</summary>
    internal static Session Create(string folder, string key, TimeProvider time, ForkSource? fork = null, IReadOnlyList<SessionMessage>? earlier = null)
    {
        var id = Guid.NewGuid().ToString();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var file = new TranscriptFile(System.IO.Path.Combine(folder, id + SessionStore.Ending));
        // Keys stay with the other session: what is sent again is sent there.
        TranscriptLine[] lines = [.. (earlier ?? []).Where(m => m.Role != SessionMessage.Summary).Select(m => ToLine(m with { IdempotencyKey = null }))];
        file.Append([new TranscriptLine(TranscriptLine.Session, now) { Version = 1, Key = key, Id = id, Fork = fork }, .. lines]);
        var session = new Session(file, time, key, id, now, fork);
        foreach (var line in lines) session.Apply(line);
        return session;
    }

    /// <summary>Opens a transcript; null where the file does not begin like one.</summary>
    internal static Session? Open(string path, TimeProvider time)
    {
        var file = new TranscriptFile(path);
        var dropped = file.Repair();
        Session? session = null;
        foreach (var line in file.Read())
        {
            if (session is null)
            {
                if (line is not { Type: TranscriptLine.Session, Key: { } key, Id: { } id }) return null;
                session = new Session(file, time, key, id, line.Ts, line.Fork);
            }
            else session.Apply(line);
        }
        if (session is not null && dropped > 0)
        {
            session.RepairedBytes = dropped;
            file.Append(new TranscriptLine(TranscriptLine.Repair, time.GetUtcNow().ToUnixTimeMilliseconds()) { DroppedBytes = dropped });
        }
        return session;
    }

    /// <summary>Adds a message and returns it as it is kept: with its place, without keys and tokens of known forms. When this returns it is on the disk.</summary>
    /// <returns>Null where the message's idempotency key was written before.</returns>
    /// <exception cref="Models.ModelException">It cannot be written.</exception>
    public SessionMessage? Add(SessionMessage message)
    {
        lock (_lock)
        {
            if (message.IdempotencyKey is { } key && _keys.Contains(key)) return null;
            message = message with { Text = SecretText.RedactKnown(message.Text) };
            var line = ToLine(message);
            _file.Append(line);
            Apply(line);
            return message with { Seq = MessageCount };
        }
    }

    /// <summary>Puts a summary in the place of all that was said before a message; the transcript itself keeps every word.</summary>
    /// <param name="text">The summary.</param>
    /// <param name="firstKeptId">The first message that the model is still told word by word; null where there is none.</param>
    /// <exception cref="Models.ModelException">It cannot be written.</exception>
    public SessionMessage Compact(string text, string? firstKeptId)
    {
        lock (_lock)
        {
            var line = new TranscriptLine(TranscriptLine.Compaction, _time.GetUtcNow().ToUnixTimeMilliseconds())
            {
                Id = Guid.NewGuid().ToString(),
                Text = text,
                FirstKeptId = firstKeptId,
            };
            _file.Append(line);
            Apply(line);
            return new SessionMessage(line.Id, MessageCount, line.Ts, SessionMessage.Summary, text);
        }
    }

    /// <summary>True where a message of that idempotency key is in the transcript.</summary>
    public bool Has(string idempotencyKey)
    {
        lock (_lock) return _keys.Contains(idempotencyKey);
    }

    /// <summary>The turns that have begun and have no end here: running ones, and those that a restart cut off.</summary>
    public IReadOnlyList<string> OpenRuns
    {
        get { lock (_lock) return [.. _open.Keys]; }
    }

    /// <summary>True for a helper's session in which nothing runs any more, no person has said anything and that is not pinned. A turn that ended with the process long ago runs no more.</summary>
    /// <param name="now">Unix milliseconds.</param>
    internal bool IsEndedHelper(long now)
    {
        lock (_lock) return SpawnedBy is not null && !_hasPerson && !Settings.Pinned && (_open.Count == 0 || now - UpdatedAt > LongestHelp);
    }

    /// <summary>Notes that a turn goes on after a restart. False where it has no message here, is over, or was resumed before: what stopped twice is not tried a third time.</summary>
    internal bool TryResume(string runId)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(runId, out var times) || times > 0) return false;
            Note(TranscriptLine.Resumed, runId, null);
            return true;
        }
    }

    /// <summary>Notes that a turn is over without an answer.</summary>
    internal void EndRun(string runId, string reason)
    {
        lock (_lock)
        {
            if (_open.ContainsKey(runId)) Note(TranscriptLine.Ended, runId, reason);
        }
    }

    /// <summary>Changes the settings, durably.</summary>
    public SessionSettings Set(Func<SessionSettings, SessionSettings> change)
    {
        lock (_lock)
        {
            var next = change(Settings);
            if (next == Settings) return next;
            var line = new TranscriptLine(TranscriptLine.Settings, _time.GetUtcNow().ToUnixTimeMilliseconds()) { Set = next };
            _file.Append(line);
            Apply(line);
            return next;
        }
    }

    /// <summary>All messages, oldest first, read from the file.</summary>
    public IReadOnlyList<SessionMessage> Read()
    {
        lock (_lock)
        {
            var messages = new List<SessionMessage>(MessageCount);
            foreach (var line in _file.Read())
            {
                if (ToMessage(line, messages.Count + 1) is not { } message) continue;
                if (message.Role == SessionMessage.Summary) LeaveOut(messages, line.FirstKeptId);
                messages.Add(message);
            }
            return messages;
        }
    }

    /// <summary>What was said, word by word: without summaries, and what they stand for as if there were none.</summary>
    public IReadOnlyList<SessionMessage> ReadWhole()
    {
        lock (_lock)
        {
            var messages = new List<SessionMessage>(MessageCount);
            var seq = 0;
            foreach (var line in _file.Read())
            {
                if (ToMessage(line, seq + 1) is not { } message) continue;
                seq++;
                if (message.Role != SessionMessage.Summary) messages.Add(message);
            }
            return messages;
        }
    }

    internal void BringBack(string ending)
    {
        lock (_lock) _file.BringBack(ending);
    }

    /// <summary>Deletes its transcript.</summary>
    internal void Delete()
    {
        lock (_lock) File.Delete(_file.Path);
    }

    internal string SetAside(string ending)
    {
        lock (_lock) return _file.SetAside(ending);
    }

    private void Note(string type, string runId, string? reason)
    {
        var line = new TranscriptLine(type, _time.GetUtcNow().ToUnixTimeMilliseconds()) { RunId = runId, StopReason = reason };
        _file.Append(line);
        Apply(line);
    }

    private void Apply(TranscriptLine line)
    {
        ApplyRun(line);
        UpdatedAt = Math.Max(UpdatedAt, line.Ts);
        if (line is { Type: TranscriptLine.Settings, Set: { } set }) Settings = set;
        if (ToMessage(line, MessageCount + 1) is not { } message) return;
        MessageCount++;
        LeafId = message.Id;
        if (message.Role == SessionMessage.Summary)
        {
            Compactions++;
            LastTurnTokens = 0;
            return;
        }
        if (message.IdempotencyKey is { } key) _keys.Add(key);
        IsTainted |= message.IsData;
        if (message.Role == SessionMessage.Tool) return;
        if (message.Role == SessionMessage.User && SessionKey.IsHelper(Key))
        {
            SpawnedBy ??= message.Origin?.SpawnedBy;
            _hasPerson |= message.Origin?.SpawnedBy is null;
        }
        if (message.Text.Length > 0) LastPreview = Begin(message.Text);
        if (message.Role == SessionMessage.User) Title ??= message.OutOfContext ? null : Begin(message.Text);
        else LastStopReason = message.StopReason;
        Tokens = (Tokens.Input + message.InputTokens, Tokens.Output + message.OutputTokens);
        if (message.InputTokens + message.OutputTokens > 0) LastTurnTokens = message.InputTokens + message.OutputTokens;
    }

    private void ApplyRun(TranscriptLine line)
    {
        if (line.RunId is not { } run) return;
        if (line is { Type: TranscriptLine.Message, Role: SessionMessage.User }) _open.TryAdd(run, 0);
        else if (line.Type == TranscriptLine.Resumed) _open[run] = _open.GetValueOrDefault(run) + 1;
        else if (line.Type == TranscriptLine.Ended || line is { Type: TranscriptLine.Message, Role: SessionMessage.Assistant, StopReason: not "toolUse" }) _open.Remove(run);
    }

    /// <summary>What a summary stands for is shown, and not told to the model any more.</summary>
    private static void LeaveOut(List<SessionMessage> messages, string? firstKeptId)
    {
        for (var i = 0; i < messages.Count && messages[i].Id != firstKeptId; i++) messages[i] = messages[i] with { OutOfContext = true };
    }

    private static TranscriptLine ToLine(SessionMessage message) => new(TranscriptLine.Message, message.Ts)
    {
        Id = message.Id,
        Role = message.Role,
        Text = message.Text,
        RunId = message.RunId,
        IdempotencyKey = message.IdempotencyKey,
        Origin = message.Origin,
        Model = message.Model,
        InputTokens = message.InputTokens is 0 ? null : message.InputTokens,
        OutputTokens = message.OutputTokens is 0 ? null : message.OutputTokens,
        StopReason = message.StopReason,
        OutOfContext = message.OutOfContext ? true : null,
        ToolCalls = message.ToolCalls.Count > 0 ? message.ToolCalls : null,
        ToolCallId = message.ToolCallId,
        ToolName = message.ToolName,
        IsError = message.IsError ? true : null,
        IsData = message.IsData ? true : null,
    };

    private static SessionMessage? ToMessage(TranscriptLine line, int seq) => line switch
    {
        { Type: TranscriptLine.Message, Id: { } id, Role: { } role, Text: { } text } => new SessionMessage(id, seq, line.Ts, role, text)
        {
            RunId = line.RunId,
            IdempotencyKey = line.IdempotencyKey,
            Origin = line.Origin,
            Model = line.Model,
            InputTokens = line.InputTokens ?? 0,
            OutputTokens = line.OutputTokens ?? 0,
            StopReason = line.StopReason,
            OutOfContext = line.OutOfContext ?? false,
            ToolCalls = line.ToolCalls ?? [],
            ToolCallId = line.ToolCallId,
            ToolName = line.ToolName,
            IsError = line.IsError ?? false,
            IsData = line.IsData ?? false,
        },
        { Type: TranscriptLine.Compaction, Id: { } id, Text: { } text } => new SessionMessage(id, seq, line.Ts, SessionMessage.Summary, text),
        _ => null,
    };

    private static string Begin(string text)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        if (line.Length <= PreviewLength) return line;
        // Not between the two halves of a character.
        return line[..(char.IsHighSurrogate(line[PreviewLength - 1]) ? PreviewLength - 1 : PreviewLength)];
    }
}
