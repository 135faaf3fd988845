using System.Text.Json.Serialization;

namespace Runtime.Sessions;

/// <summary>How a message came, kept with it: the turn that answers it has these rights and no others, also where it goes on after a restart. Immutable.</summary>
public record MessageOrigin
{
    /// <summary>The channel it came by (<c>telegram</c>, <c>cron</c>, …); null for the gateway's own clients.</summary>
    public string? Channel { get; init; }

    /// <summary>Who wrote it, where it is not the owner.</summary>
    public string? Person { get; init; }

    /// <summary>The session whose turn began this one; null for what came from outside.</summary>
    public string? SpawnedBy { get; init; }

    /// <summary>How many turns began each other before this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Depth { get; init; }

    /// <summary>True where what is said may hold something private or written by others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTainted { get; init; }

    /// <summary>True where nobody waits for the answer: whoever does comes first at the model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBackground { get; init; }
}
