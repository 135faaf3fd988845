namespace Runtime.Mcp;

/// <summary>How it stands with a server. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Of its connection.</param>
/// <param name="Tools">Names of the tools that agents can be given, as models call them.</param>
/// <param name="Withheld">Names of tools, as the server calls them, that wait for their owner's word: new, or not what was approved.</param>
/// <param name="Unusable">Names of tools that cannot be offered to a model, whatever their owner says.</param>
/// <param name="Problem">Why it cannot be used now, or null.</param>
/// <param name="Says">What it calls itself: its own words; empty where it never ran.</param>
public sealed record McpServerStatus(
    string Name, McpState State, IReadOnlyList<string> Tools, IReadOnlyList<string> Withheld, IReadOnlyList<string> Unusable, string? Problem, string Says)
{
    /// <summary>True once its tools were listed, now or long ago, so that some are approved.</summary>
    public bool IsListed { get; init; }
}

/// <summary>States of a server's connection.</summary>
public enum McpState
{
    /// <summary>Not needed yet, or not lately.</summary>
    Idle,

    /// <summary>There.</summary>
    Connected,

    /// <summary>It failed, and is tried again when it is needed.</summary>
    Failed,
}
