using Runtime.Sessions;
using Runtime.Tools;

namespace Runtime.Agents.Turns;

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

/// <summary>More of what the model thinks before it answers.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Text">What is new.</param>
public sealed record TurnReasoning(Turn Turn, string Text) : TurnEvent(Turn);

/// <summary>More of the answer.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Text">What is new.</param>
public sealed record TurnDelta(Turn Turn, string Text) : TurnEvent(Turn);

/// <summary>The model's answer calls tools; it is on the disk, and none of them has begun.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Message">The answer.</param>
public sealed record TurnCalled(Turn Turn, SessionMessage Message) : TurnEvent(Turn);

/// <summary>A tool begins.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Call">Its call.</param>
public sealed record TurnToolStarted(Turn Turn, SessionToolCall Call) : TurnEvent(Turn);

/// <summary>A tool has something to show before it is done.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Call">Its call.</param>
/// <param name="Text">All there is so far.</param>
public sealed record TurnToolProgress(Turn Turn, SessionToolCall Call, string Text) : TurnEvent(Turn);

/// <summary>A tool is done, and its result on the disk.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Call">Its call.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Message">The line that keeps it.</param>
public sealed record TurnToolEnded(Turn Turn, SessionToolCall Call, ToolResult Result, SessionMessage Message) : TurnEvent(Turn);

/// <summary>The turn is over and its answer, where there is one, on the disk.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Result">How it ended.</param>
public sealed record TurnEnded(Turn Turn, TurnResult Result) : TurnEvent(Turn);
