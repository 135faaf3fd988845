namespace Models.Generation.Grammar.Matching;

/// <summary>Where a text stands in a grammar; two with the same readings are equal. Immutable.</summary>
internal sealed class ParserState(Configuration[] configurations, bool canEnd, bool isEnded) : IEquatable<ParserState>
{
    /// <summary>After an end token.</summary>
    public static readonly ParserState Ended = new([], true, true);

    /// <summary>Takes over the readings of a set.</summary>
    public ParserState(ConfigurationSet set) : this(set.Items.ToArray(), set.CanEnd, false) { }

    public ReadOnlySpan<Configuration> Configurations => configurations;

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd => canEnd;

    /// <summary>Whether an end token has come.</summary>
    public bool IsEnded => isEnded;

    /// <summary>The fewest bytes from here to the end of the text.</summary>
    public int MinimumBytes { get; } = Configuration.LeastBytes(configurations, canEnd);

    /// <inheritdoc/>
    public bool Equals(ParserState? other) =>
        other is not null && canEnd == other.CanEnd && isEnded == other.IsEnded && Configurations.SequenceEqual(other.Configurations);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParserState);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (ref readonly var configuration in Configurations)
            hash.Add(configuration);
        return hash.ToHashCode();
    }
}
