namespace Models.Tokens;

/// <summary>Text to token ids and back, by the rules of a <c>tokenizer.json</c>. Immutable and safe for several threads.</summary>
public sealed class Tokenizer
{
    /// <summary>Reads <c>tokenizer.json</c> and, where present, <c>tokenizer_config.json</c> of a model folder.</summary>
    /// <exception cref="TokenizerException">A file is missing, malformed or of an unknown kind.</exception>
    public static Tokenizer FromFolder(string folder) => throw new NotImplementedException();

    /// <summary>Number of token ids, added tokens included.</summary>
    public int VocabularySize => throw new NotImplementedException();

    /// <summary>Token that begins a sequence, or null.</summary>
    public int? BosToken => throw new NotImplementedException();

    /// <summary>Token that ends a sequence, or null.</summary>
    public int? EosToken => throw new NotImplementedException();

    /// <summary>The id of a token by its exact content (<c>&lt;|im_end|&gt;</c>), or null.</summary>
    public int? FindToken(string content) => throw new NotImplementedException();

    /// <summary>The exact content of a token as the vocabulary spells it.</summary>
    public string GetToken(int id) => throw new NotImplementedException();

    /// <summary>True for control tokens, which <see cref="Decode"/> leaves out when asked to.</summary>
    public bool IsSpecial(int id) => throw new NotImplementedException();

    /// <summary>Text to ids, in time linear in the text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecialTokens">Whether the tokenizer's own post-processing adds BOS, CLS and the like. False for rendered chat templates.</param>
    /// <param name="parseSpecialTokens">Whether special tokens written out in the text become those tokens. False for text that is not trusted.</param>
    public int[] Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true) => throw new NotImplementedException();

    /// <summary>Ids to text. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => throw new NotImplementedException();

    /// <summary>A detokenizer for one stream of tokens.</summary>
    public StreamingDetokenizer CreateDetokenizer(bool skipSpecialTokens = true) => throw new NotImplementedException();
}

/// <summary>Turns a stream of tokens into text, piece by piece, and never emits half a character. Not safe for several threads.</summary>
public sealed class StreamingDetokenizer
{
    /// <summary>Adds a token; returns the text that is complete by now, possibly empty.</summary>
    public string Append(int token) => throw new NotImplementedException();

    /// <summary>Ends the stream: returns what was held back, incomplete bytes as U+FFFD.</summary>
    public string Flush() => throw new NotImplementedException();
}

/// <summary>An error of a tokenizer: a missing or malformed file, an unknown kind.</summary>
public sealed class TokenizerException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public TokenizerException(string message, Exception? inner = null) : base(message, inner) { }
}
