namespace Runtime.Exec;

/// <summary>What becomes of a command.</summary>
public enum ExecVerdict
{
    /// <summary>It runs.</summary>
    Allow,

    /// <summary>It runs once a person has said so.</summary>
    Ask,

    /// <summary>It does not run.</summary>
    Deny,
}
