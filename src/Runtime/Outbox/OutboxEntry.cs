namespace Runtime.Outbox;

/// <summary>Something that waits to be sent. Immutable.</summary>
/// <param name="Id">Its name here.</param>
/// <param name="Kind">The channel.</param>
/// <param name="To">Where to; what goes to one place goes in order.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Key">The sender's idempotency key.</param>
/// <param name="AtMs">When it was taken, Unix milliseconds.</param>
/// <param name="ExpiresMs">When it is given up, Unix milliseconds.</param>
public sealed record OutboxEntry(string Id, string Kind, string To, string Body, string Key, long AtMs, long ExpiresMs)
{
    /// <summary>Tries that were made.</summary>
    public int Tries { get; init; }

    /// <summary>True while a try is under way; found after a restart, nobody knows what became of it.</summary>
    public bool IsTrying { get; init; }

    /// <summary>Why it is held and not sent by itself any more; null while it waits.</summary>
    public string? Held { get; init; }

    /// <summary>Why the last try failed; null where none has.</summary>
    public string? Error { get; init; }
}
