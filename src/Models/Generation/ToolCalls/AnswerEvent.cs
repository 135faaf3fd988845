namespace Models.Generation.ToolCalls;

/// <summary>
/// What a piece of a model's answer turned out to be. A closed set: <see cref="TextDelta"/>, <see cref="ReasoningDelta"/>,
/// <see cref="ToolCallStarted"/>, <see cref="ToolCallArguments"/>, <see cref="ToolCallFinished"/>, <see cref="ToolCallMalformed"/>,
/// <see cref="AnswerMarkup"/>.
/// </summary>
/// <param name="Raw">The model's own text behind this event. All of them, one after the other, are the whole answer.</param>
public abstract record AnswerEvent(string Raw);

/// <summary>More text for the reader.</summary>
/// <param name="Text">The text; the same as <paramref name="Raw"/> but for the blank line between two messages of one answer.</param>
/// <param name="Raw">The model's own text.</param>
public sealed record TextDelta(string Text, string Raw) : AnswerEvent(Raw);

/// <summary>More of what the model thinks before it answers.</summary>
/// <param name="Text">The text; the same as <paramref name="Raw"/> but for the blank line between two messages of one answer.</param>
/// <param name="Raw">The model's own text.</param>
public sealed record ReasoningDelta(string Text, string Raw) : AnswerEvent(Raw);

/// <summary>
/// A tool call begins. Any number of <see cref="ToolCallArguments"/> and one <see cref="ToolCallFinished"/> or
/// <see cref="ToolCallMalformed"/> of the same index follow before the next call begins.
/// </summary>
/// <param name="Index">Counts the calls of an answer from 0.</param>
/// <param name="Id">The call's id as the model wrote it, else a new one.</param>
/// <param name="Name">The function's name, never empty. Nobody has checked that there is such a function.</param>
/// <param name="Raw">The model's own text.</param>
public sealed record ToolCallStarted(int Index, string Id, string Name, string Raw) : AnswerEvent(Raw);

/// <summary>More of a call's arguments.</summary>
/// <param name="Index">The call.</param>
/// <param name="Delta">The next part of <see cref="ToolCallFinished.Arguments"/>.</param>
/// <param name="Raw">The model's own text.</param>
public sealed record ToolCallArguments(int Index, string Delta, string Raw) : AnswerEvent(Raw);

/// <summary>A call is complete.</summary>
/// <param name="Index">The call.</param>
/// <param name="Id">The id of <see cref="ToolCallStarted"/>.</param>
/// <param name="Name">The name of <see cref="ToolCallStarted"/>.</param>
/// <param name="Arguments">
/// A JSON object by RFC 8259, at most 64 levels deep, as the model wrote it; member names may repeat. <c>{}</c> where it wrote none.
/// </param>
/// <param name="Raw">The model's own text.</param>
public sealed record ToolCallFinished(int Index, string Id, string Name, string Arguments, string Raw) : AnswerEvent(Raw);

/// <summary>Text that was marked as a call and is none.</summary>
/// <param name="Index">The call, if it had started; else null.</param>
/// <param name="Text">The whole text of the call with its marks, also what earlier events of the same call carried as raw text.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Raw">The model's own text since the last event.</param>
public sealed record ToolCallMalformed(int? Index, string Text, MalformedReason Reason, string Raw) : AnswerEvent(Raw);

/// <summary>Marks of the format, and white space around them: nothing to show.</summary>
/// <param name="Raw">The model's own text.</param>
public sealed record AnswerMarkup(string Raw) : AnswerEvent(Raw);
