namespace Runtime.Tools.Policy;

/// <summary>What is said of a call, from the mildest to the strictest.</summary>
public enum ToolVerdict
{
    /// <summary>It runs.</summary>
    Allow,

    /// <summary>It runs when a person says so.</summary>
    Ask,

    /// <summary>It does not run.</summary>
    Deny,
}
