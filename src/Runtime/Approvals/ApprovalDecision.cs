namespace Runtime.Approvals;

/// <summary>What a person said.</summary>
public enum ApprovalDecision
{
    /// <summary>It does not happen.</summary>
    Deny,

    /// <summary>It happens, this time.</summary>
    AllowOnce,

    /// <summary>It happens, and so does the very same thing later.</summary>
    AllowAlways,
}
