namespace Runtime.Exec.Grammar;

/// <summary>Commands that run at once, each reading what the one before it writes.</summary>
/// <param name="Connector">When it runs.</param>
/// <param name="Commands">At least one.</param>
public sealed record Pipeline(Connector Connector, IReadOnlyList<SimpleCommand> Commands);

/// <summary>When a pipeline runs, after the one before it.</summary>
public enum Connector
{
    /// <summary>Always: <c>;</c>, a new line, or it is the first.</summary>
    Always,

    /// <summary>Where the one before succeeded: <c>&amp;&amp;</c>.</summary>
    OnSuccess,

    /// <summary>Where it failed: <c>||</c>.</summary>
    OnFailure,
}
