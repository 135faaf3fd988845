namespace Runtime.Reflexes.Matching;

/// <summary>What a piece of an utterance is.</summary>
internal enum TokenKind
{
    /// <summary>Letters, or one character of a script that writes no spaces.</summary>
    Word,

    /// <summary>Digits, with what stands between them: <c>7:30</c>, <c>2.5</c>.</summary>
    Number,

    /// <summary>A sign that is said, such as <c>+</c>.</summary>
    Sign,

    /// <summary>A sentence ends here, and another follows.</summary>
    Break,
}
