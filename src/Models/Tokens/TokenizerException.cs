namespace Models.Tokens;

/// <summary>An error of a tokenizer: a missing or malformed file, an unknown kind.</summary>
public sealed class TokenizerException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public TokenizerException(string message, Exception? inner = null) : base(message, inner) { }
}
