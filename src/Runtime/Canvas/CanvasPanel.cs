namespace Runtime.Canvas;

/// <summary>Something to look at beside a conversation: a page of HTML. Immutable.</summary>
/// <param name="Name">Its name in the conversation: small letters, digits, <c>. _ -</c>, 64 at most.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Html">The page.</param>
/// <param name="Revision">How often it was put there, from 1.</param>
/// <param name="Id">Another for each time it was put there anew.</param>
/// <param name="Width">Columns of twelve.</param>
/// <param name="Height">Rows.</param>
public sealed record CanvasPanel(string Name, string Title, string Html, int Revision, string Id, int Width, int Height);

/// <summary>The panels of a conversation. Immutable.</summary>
/// <param name="Key">The conversation's full key.</param>
/// <param name="Revision">How often anything changed.</param>
/// <param name="Panels">The panels, the oldest first.</param>
public sealed record CanvasBoard(string Key, int Revision, IReadOnlyList<CanvasPanel> Panels);
