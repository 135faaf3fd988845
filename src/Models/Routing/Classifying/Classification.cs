namespace Models.Routing.Classifying;

/// <summary>What was found in a turn. Immutable.</summary>
/// <param name="Data">All classes in it.</param>
/// <param name="Why">For a person: why, each reason once; never what was found.</param>
public sealed record Classification(DataClass Data, IReadOnlyList<string> Why)
{
    /// <summary>True where it is about program code.</summary>
    public bool IsCode { get; init; }

    /// <summary>The script most of it is in (ISO 15924), or null.</summary>
    public string? Script { get; init; }

    /// <summary>True where there are pictures in it.</summary>
    public bool HasImages { get; init; }

    /// <summary>Bytes of all its text in UTF-8: no tokenizer makes more tokens of it.</summary>
    public int Bytes { get; init; }

    /// <summary>Tokens of it to a target whose tokenizer is not here, about; pictures are none of them.</summary>
    public int Tokens { get; init; }
}
