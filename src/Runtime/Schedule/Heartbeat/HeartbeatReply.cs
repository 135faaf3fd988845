namespace Runtime.Schedule.Heartbeat;

/// <summary>What of an answer to a heartbeat its owner is shown: nothing where the agent says that nothing is to be said, as OpenClaw has it. Pure.</summary>
public static class HeartbeatReply
{
    /// <summary>The word for that.</summary>
    public const string Ok = "HEARTBEAT_OK";

    /// <summary>What may stand beside the word and is not shown either, characters.</summary>
    public const int LongestBeside = 300;

    private static readonly char[] Marks = [' ', '\n', '\r', '\t', '*', '_', '`', '"', '\'', '.', '!', ':', '-'];

    /// <summary>What is shown; null for nothing.</summary>
    public static string? Shown(string answer)
    {
        var text = answer.Trim();
        var plain = text.Trim(Marks);
        var beside = plain.StartsWith(Ok, StringComparison.Ordinal) ? plain[Ok.Length..]
            : plain.EndsWith(Ok, StringComparison.Ordinal) ? plain[..^Ok.Length] : null;
        if (beside is null) return text.Length > 0 ? text : null;
        beside = beside.Trim(Marks);
        return beside.Length <= LongestBeside ? null : beside;
    }
}
