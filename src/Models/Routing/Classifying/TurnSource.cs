namespace Models.Routing.Classifying;

/// <summary>Where a turn comes from. Immutable.</summary>
public sealed record TurnSource
{
    private const string Harder = "try harder";

    // A question, not an essay that has these words in it.
    private const int LongestRequest = 120;

    /// <summary>The agent, or null.</summary>
    public string? Agent { get; init; }

    /// <summary>The person, or null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary>The channel, or null.</summary>
    public string? Channel { get; init; }

    /// <summary>The run, one question after the other of which may be a turn; null for one alone.</summary>
    public string? Run { get; init; }

    /// <summary>The conversation, by which its next question is known; null for one alone.</summary>
    public string? Conversation { get; init; }

    /// <summary>True where the messages are all of the conversation, as programs send it: what is not in them any more is in nothing that is read.</summary>
    public bool IsWhole { get; init; }

    /// <summary>True where whoever answered last did not do it well enough, as a person says: only better ones help.</summary>
    public bool TryHarder { get; init; }

    /// <summary>Why whoever answered last gets no further, in words; null where it does. Better ones are asked where they may be; otherwise it goes on itself.</summary>
    public string? DeadEnd { get; init; }

    /// <summary>What the conversation was found to hold before: nothing takes it away again.</summary>
    public DataClass Taint { get; init; }

    /// <summary>True where a person's words ask for a better answer than the last.</summary>
    public static bool AsksForMore(string text) => text.Length <= LongestRequest && text.Contains(Harder, StringComparison.OrdinalIgnoreCase);
}
