namespace Models.Tokens.Pipeline;

/// <summary>A token beside the model's own vocabulary, matched in the text by its content.</summary>
/// <param name="Id">Its id; it may be one of the model's own.</param>
/// <param name="Content">What it looks like.</param>
/// <param name="Special">A control token, left out of decoded text on request.</param>
/// <param name="Normalized">Matched in the normalized text, by its normalized content.</param>
/// <param name="SingleWord">Matched only where no word character touches it.</param>
/// <param name="StripLeft">Swallows the white space before it.</param>
/// <param name="StripRight">Swallows the white space after it.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized, bool SingleWord, bool StripLeft, bool StripRight);
