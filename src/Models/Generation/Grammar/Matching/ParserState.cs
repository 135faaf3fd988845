namespace Models.Generation.Grammar.Matching;

/// <summary>Where a text stands in a grammar. Immutable.</summary>
internal sealed class ParserState(Configuration[] configurations, bool canEnd, bool isEnded)
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
}
