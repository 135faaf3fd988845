namespace Models.Generation.ToolCalls;

/// <summary>What is wrong with a malformed call.</summary>
public enum MalformedReason
{
    /// <summary>It is not JSON.</summary>
    BadJson,

    /// <summary>It is not a call: no name, or arguments that are no object.</summary>
    UnknownShape,

    /// <summary>The answer ended inside it.</summary>
    Truncated,

    /// <summary>It is longer than <see cref="AnswerParser.MaxCallLength"/>. The answer goes on as text.</summary>
    TooLong,

    /// <summary>It is nested deeper than 64 levels, which is as deep as System.Text.Json reads by default.</summary>
    TooDeep,
}
