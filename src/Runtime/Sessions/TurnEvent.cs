namespace Runtime.Sessions;

/// <summary>Something that happened in a turn, in order. Hearers are called while the turn waits: they must be quick.</summary>
/// <param name="Turn">The turn.</param>
public abstract record TurnEvent(Turn Turn);

/// <summary>What a person said is on the disk.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Message">It.</param>
public sealed record TurnAccepted(Turn Turn, SessionMessage Message) : TurnEvent(Turn);

/// <summary>It is this turn's turn.</summary>
/// <param name="Turn">The turn.</param>
public sealed record TurnStarted(Turn Turn) : TurnEvent(Turn);

/// <summary>More of the answer.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Text">What is new.</param>
public sealed record TurnDelta(Turn Turn, string Text) : TurnEvent(Turn);

/// <summary>The turn is over and its answer, where there is one, on the disk.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Result">How it ended.</param>
public sealed record TurnEnded(Turn Turn, TurnResult Result) : TurnEvent(Turn);
