namespace Runtime.Questions;

/// <summary>One thing that is asked.</summary>
/// <param name="Id">Its id within the question.</param>
/// <param name="Header">In a word.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Options">What can be chosen: label and what it means. Empty for an answer in one's own words.</param>
/// <param name="IsMulti">True where more than one may be chosen.</param>
/// <param name="IsOther">True where an answer in one's own words is taken beside the options.</param>
public sealed record QuestionItem(string Id, string Header, string Text, IReadOnlyList<(string Label, string? Description)> Options, bool IsMulti, bool IsOther);
