using Models;

namespace Runtime.Questions;

/// <summary>
/// Questions to the owner that wait for an answer: each is open until somebody answers or cancels it, or its time is over. The first end
/// counts. What is open is lost with the process, as who asked is. Safe for several threads.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class QuestionBook(TimeProvider time)
{
    /// <summary>Questions that may be open at once.</summary>
    public const int MostOpen = 64;

    /// <summary>Longest time a question may be open.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    // Ended ones, for those who ask a little later.
    private const int MostKept = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();

    /// <summary>Hears of every question.</summary>
    public event Action<Question>? Requested;

    /// <summary>Hears of every end of one.</summary>
    public event Action<Question>? Resolved;

    /// <summary>Whether a person is there who could answer.</summary>
    public Func<bool> IsAnybodyThere { get; set; } = () => false;

    /// <summary>Open questions, the oldest first.</summary>
    public IReadOnlyList<Question> Pending
    {
        get { lock (_lock) return [.. _entries.Values.Select(e => e.Question).Where(q => q.Status == QuestionStatus.Pending).OrderBy(q => q.CreatedAtMs)]; }
    }

    /// <summary>The question of that id, open or ended not long ago, or null.</summary>
    public Question? Find(string id)
    {
        lock (_lock) return _entries.GetValueOrDefault(id)?.Question;
    }

    /// <summary>Asks.</summary>
    /// <param name="id">Its id; null for a new one. The same id again is the same question.</param>
    /// <param name="items">What is asked.</param>
    /// <param name="lifetime">How long it is open.</param>
    /// <param name="from">Who asks, in which session and turn.</param>
    /// <exception cref="ModelException">Too many are open.</exception>
    public Question Ask(string? id, IReadOnlyList<QuestionItem> items, TimeSpan lifetime, QuestionOrigin from)
    {
        var now = time.GetUtcNow();
        var question = new Question(id ?? Guid.NewGuid().ToString(), items, from, now.ToUnixTimeMilliseconds(), (now + lifetime).ToUnixTimeMilliseconds());
        lock (_lock)
        {
            if (_entries.TryGetValue(question.Id, out var same)) return same.Question;
            if (_entries.Count - _ended.Count >= MostOpen) throw new ModelException($"{MostOpen} questions are open already; answer those first.");
            var entry = _entries[question.Id] = new Entry(question);
            entry.Timer = time.CreateTimer(_ => End(question.Id, QuestionStatus.Expired, null, null), null, lifetime, Timeout.InfiniteTimeSpan);
        }
        Requested?.Invoke(question);
        return question;
    }

    /// <summary>Waits for the end of a question; gives it as it is when the patience is over. Null where there is none of that id.</summary>
    public async Task<Question?> WaitAsync(string id, TimeSpan patience, CancellationToken cancellation)
    {
        Task ended;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry)) return null;
            ended = entry.Ended.Task;
        }
        await Task.WhenAny(ended, Task.Delay(patience, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return Find(id);
    }

    /// <summary>Answers a question, or cancels it.</summary>
    /// <param name="id">The question.</param>
    /// <param name="answers">The answers by the items' ids; null cancels.</param>
    /// <param name="by">Who answers.</param>
    /// <returns>The question after that; null where there is none of that id or it has ended.</returns>
    public Question? Resolve(string id, IReadOnlyDictionary<string, IReadOnlyList<string>>? answers, string by) =>
        End(id, answers is null ? QuestionStatus.Cancelled : QuestionStatus.Answered, answers, by);

    private Question? End(string id, QuestionStatus status, IReadOnlyDictionary<string, IReadOnlyList<string>>? answers, string? by)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry) || entry.Question.Status != QuestionStatus.Pending) return null;
            entry.Question = entry.Question with { Status = status, Answers = answers, ResolvedBy = by };
            entry.Timer?.Dispose();
            _ended.Enqueue(id);
            if (_ended.Count > MostKept) _entries.Remove(_ended.Dequeue());
        }
        Resolved?.Invoke(entry.Question);
        entry.Ended.TrySetResult();
        return entry.Question;
    }

    private sealed class Entry(Question question)
    {
        public Question Question { get; set; } = question;

        public ITimer? Timer { get; set; }

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
