namespace Runtime.Reflexes;

/// <summary>A reflex and how it stands. Immutable.</summary>
/// <param name="Reflex">It.</param>
public sealed record ReflexState(Reflex Reflex)
{
    /// <summary>True where its owner turned it off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>True where it is offered, and does nothing yet.</summary>
    public bool IsOffer { get; init; }
}
