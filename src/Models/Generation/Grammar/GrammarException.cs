namespace Models.Generation.Grammar;

/// <summary>
/// A schema, pattern or grammar that cannot be enforced exactly while generating: malformed, unsupported, empty or too large.
/// Nothing is ignored in silence: what is not supported is named here.
/// </summary>
public sealed class GrammarException : ModelException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">For a person: what, why and what to do. The place is added to it.</param>
    /// <param name="keyword">The keyword or construct at fault.</param>
    /// <param name="location">The JSON pointer of a schema (<c>#/properties/x</c>) or the position in a pattern or grammar.</param>
    public GrammarException(string message, string? keyword = null, string? location = null)
        : base(location is null ? message : $"{message} (at {location})")
    {
        Keyword = keyword;
        Location = location;
    }

    /// <summary>The keyword or construct at fault, such as <c>patternProperties</c> or <c>(?=</c>; null where there is none.</summary>
    public string? Keyword { get; }

    /// <summary>The JSON pointer or the position of the fault; null where it is the whole grammar.</summary>
    public string? Location { get; }
}
