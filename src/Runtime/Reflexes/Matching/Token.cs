namespace Runtime.Reflexes.Matching;

/// <summary>A piece of an utterance.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">As it is compared.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct Token(TokenKind Kind, string Key, int Start, int End);
