namespace Models.Routing;

/// <summary>What the decision knows of a turn. Immutable. What nobody filled in is what allows least.</summary>
public sealed record TurnFeatures
{
    /// <summary>What is in all that the target would read.</summary>
    public DataClass Data { get; init; } = DataClass.All;

    /// <summary>The agent that asks, or null.</summary>
    public string? Agent { get; init; }

    /// <summary>The person it asks for, or null for the owner.</summary>
    public string? Person { get; init; }

    /// <summary>Where the message came from, or null.</summary>
    public string? Channel { get; init; }

    /// <summary>Tokens of the prompt, about; each target counts by its own tokenizer.</summary>
    public int Tokens { get; init; }

    /// <summary>Tokens the answer may have.</summary>
    public int MostAnswer { get; init; } = 4096;

    /// <summary>Tokens the answer will have, about.</summary>
    public int LikelyAnswer { get; init; } = 256;

    /// <summary>True where there are pictures in it.</summary>
    public bool HasImages { get; init; }

    /// <summary>True where tools may be called.</summary>
    public bool NeedsTools { get; init; }

    /// <summary>True where it is about program code.</summary>
    public bool IsCode { get; init; }

    /// <summary>Its script, as ISO 15924 has it (Latn, Cyrl, Hani, …); null where it is not known.</summary>
    public string? Script { get; init; }

    /// <summary>Messages in the conversation.</summary>
    public int Depth { get; init; }

    /// <summary>The target somebody asked for by name; null leaves it to the rules.</summary>
    public string? Asked { get; init; }

    /// <summary>The profile somebody asked for: it chooses among those that the owner's lets in, and may keep more out. Null leaves it to the owner's.</summary>
    public RoutingProfile? Profile { get; init; }

    /// <summary>The target that answered last in this conversation, or null.</summary>
    public string? Current { get; init; }

    /// <summary>True between a call of a tool and the answer that follows from it.</summary>
    public bool IsInToolLoop { get; init; }

    /// <summary>The target whose answer was not good enough, so that only better ones help; null where there is none.</summary>
    public string? BetterThan { get; init; }
}
