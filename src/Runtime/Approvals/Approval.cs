namespace Runtime.Approvals;

/// <summary>A question, open or answered. Immutable.</summary>
/// <param name="Id">Its id: random, so that it cannot be guessed.</param>
/// <param name="Request">What is asked.</param>
/// <param name="CreatedAtMs">When, Unix milliseconds.</param>
/// <param name="ExpiresAtMs">Until when it can be answered.</param>
public sealed record Approval(string Id, ApprovalRequest Request, long CreatedAtMs, long ExpiresAtMs)
{
    /// <summary>The answer; null while there is none.</summary>
    public ApprovalDecision? Decision { get; init; }

    /// <summary>Why it ended: <c>user</c>, <c>timeout</c>, <c>no-route</c>, <c>run-aborted</c>, <c>gateway-restart</c>; null while it is open.</summary>
    public string? Reason { get; init; }

    /// <summary>Who answered: a device's id, or a client.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>When it ended, Unix milliseconds.</summary>
    public long? ResolvedAtMs { get; init; }

    /// <summary>True where it may be done.</summary>
    public bool IsAllowed => Decision is ApprovalDecision.AllowOnce or ApprovalDecision.AllowAlways;
}
