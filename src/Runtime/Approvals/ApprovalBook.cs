using System.Collections.Concurrent;
using Models;

namespace Runtime.Approvals;

/// <summary>
/// Questions to people: each is open until somebody answers, its time is over, or who asked goes away; every end but a person's yes means
/// no. The first answer counts. Safe for several threads.
/// </summary>
/// <param name="grants">What was approved for good.</param>
/// <param name="time">The clock.</param>
public sealed class ApprovalBook(GrantStore grants, TimeProvider time)
{
    /// <summary>Questions that may be open at once.</summary>
    public const int MostOpen = 64;

    private const int MostKept = 500;

    private readonly ConcurrentDictionary<string, Open> _open = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly LinkedList<Approval> _ended = [];

    /// <summary>Hears of every question that is asked.</summary>
    public event Action<Approval>? Requested;

    /// <summary>Hears of every end of one.</summary>
    public event Action<Approval>? Resolved;

    /// <summary>Whether a person is there who could answer; where nobody is, the answer is no at once.</summary>
    public Func<bool> IsAnybodyThere { get; set; } = () => false;

    /// <summary>What was approved for good.</summary>
    public GrantStore Grants { get; } = grants;

    /// <summary>Open questions, the oldest first.</summary>
    public IReadOnlyList<Approval> Pending => [.. _open.Values.Select(open => open.Approval).OrderBy(approval => approval.CreatedAtMs)];

    /// <summary>Questions that ended, the newest first.</summary>
    public IReadOnlyList<Approval> History
    {
        get { lock (_lock) return [.. _ended]; }
    }

    /// <summary>A question by its id, open or ended, or null.</summary>
    public Approval? Find(string id)
    {
        if (_open.TryGetValue(id, out var open)) return open.Approval;
        lock (_lock) return _ended.FirstOrDefault(approval => approval.Id == id);
    }

    /// <summary>Asks, and waits for the end of it.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Withdraws the question.</param>
    public async Task<Approval> AskAsync(ApprovalRequest request, CancellationToken cancellation)
    {
        if (!IsAnybodyThere())
        {
            var nobody = End(Make(request), ApprovalDecision.Deny, "no-route", null);
            Resolved?.Invoke(nobody);
            return nobody;
        }
        var approval = Begin(request);
        await using var withdraw = cancellation.Register(() => Finish(approval.Id, ApprovalDecision.Deny, "run-aborted", null));
        return await WaitAsync(approval.Id, CancellationToken.None) ?? approval;
    }

    /// <summary>Asks without waiting.</summary>
    /// <exception cref="ModelException">Too many are open, or the id is taken.</exception>
    public Approval Begin(ApprovalRequest request)
    {
        if (_open.Count >= MostOpen) throw new ModelException($"{MostOpen} questions are open already; answer those first.");
        var open = new Open(Make(request));
        if (Find(open.Approval.Id) is not null || !_open.TryAdd(open.Approval.Id, open)) throw new ModelException("There is an approval of that id already.");
        open.Timer = time.CreateTimer(_ => Finish(open.Approval.Id, ApprovalDecision.Deny, "timeout", null), null, request.Lifetime, Timeout.InfiniteTimeSpan);
        Requested?.Invoke(open.Approval);
        return open.Approval;
    }

    /// <summary>Waits for the end of a question; null where there is none of that id.</summary>
    public async Task<Approval?> WaitAsync(string id, CancellationToken cancellation = default) =>
        _open.TryGetValue(id, out var open) ? await open.Ended.Task.WaitAsync(cancellation) : Find(id);

    /// <summary>Answers a question. False where it has ended already; the first answer holds.</summary>
    /// <param name="id">The question.</param>
    /// <param name="decision">The answer.</param>
    /// <param name="by">Who answers.</param>
    /// <param name="lifetime">How long what is allowed for good holds; null for good.</param>
    /// <exception cref="ModelException">There is no such question, it cannot be allowed for good, or that cannot be kept: it stays open.</exception>
    public bool Resolve(string id, ApprovalDecision decision, string by, TimeSpan? lifetime = null)
    {
        if (!_open.TryGetValue(id, out var open)) return Find(id) is null ? throw new ModelException("unknown or expired approval id") : false;
        if (decision == ApprovalDecision.AllowAlways)
        {
            var request = open.Approval.Request;
            if (!request.MayBeAlways || request.Binding is null) throw new ModelException("This can be allowed once only: it starts other programs, or cannot be bound to its content.");
            Grants.Add(request.Binding, request.Text, request.Agent, by, lifetime);
        }
        return Finish(id, decision, "user", by);
    }

    private bool Finish(string id, ApprovalDecision decision, string reason, string? by)
    {
        if (!_open.TryGetValue(id, out var open) || !open.TryTake()) return false;
        open.Timer?.Dispose();
        // It is among those that ended before it is no more among the open: whoever looks for it finds it.
        var ended = End(open.Approval, decision, reason, by);
        _open.TryRemove(id, out _);
        open.Ended.TrySetResult(ended);
        Resolved?.Invoke(ended);
        return true;
    }

    private Approval Make(ApprovalRequest request)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new Approval(request.Id ?? Guid.NewGuid().ToString(), request, now, now + (long)request.Lifetime.TotalMilliseconds);
    }

    private Approval End(Approval approval, ApprovalDecision decision, string reason, string? by)
    {
        var ended = approval with { Decision = decision, Reason = reason, ResolvedBy = by, ResolvedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
        lock (_lock)
        {
            _ended.AddFirst(ended);
            if (_ended.Count > MostKept) _ended.RemoveLast();
        }
        return ended;
    }

    private sealed class Open(Approval approval)
    {
        private int _isTaken;

        public Approval Approval { get; } = approval;

        public TaskCompletionSource<Approval> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer? Timer { get; set; }

        /// <summary>True for the first answer alone.</summary>
        public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
    }
}
