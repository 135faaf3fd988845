namespace Runtime.Browser;

/// <summary>Something on a page that can be used.</summary>
/// <param name="Node">The browser's number of it.</param>
/// <param name="Role">What it is: <c>link</c>, <c>button</c>, <c>textbox</c>, …</param>
/// <param name="Name">What is written on it, or beside it.</param>
/// <param name="Address">Where a link leads; null for everything else.</param>
internal sealed record PageElement(int Node, string Role, string Name, string? Address);
