namespace Runtime.Tools;

/// <summary>What came of a call, for the model.</summary>
/// <param name="Text">What it reads.</param>
public sealed record ToolResult(string Text)
{
    /// <summary>True where it could not be done; the text says why.</summary>
    public bool IsError { get; init; }

    /// <summary>True where the policy, or a person, did not let it be done.</summary>
    public bool IsRefused { get; init; }

    /// <summary>True where the text holds something private or written by others.</summary>
    public bool IsData { get; init; }

    /// <summary>What could not be done.</summary>
    public static ToolResult Error(string why) => new(why) { IsError = true };

    /// <summary>What was not allowed.</summary>
    public static ToolResult Refused(string why) => new(why) { IsError = true, IsRefused = true };
}
