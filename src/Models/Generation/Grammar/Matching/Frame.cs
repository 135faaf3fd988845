namespace Models.Generation.Grammar.Matching;

/// <summary>
/// A place to go on when what is above it on the stack is complete. Stacks share their tails; two that were built apart and are alike
/// are equal, so that states can be compared. Immutable.
/// </summary>
internal sealed class Frame : IEquatable<Frame>
{
    private readonly int _hash;

    /// <summary>Pushes a place on a stack.</summary>
    /// <param name="node">A sequence or a repetition.</param>
    /// <param name="position">The next item of the sequence, or the repetitions begun.</param>
    /// <param name="tail">The stack.</param>
    public Frame(GrammarNode node, int position, Frame? tail)
    {
        (Node, Position, Tail) = (node, position, tail);
        _hash = HashCode.Combine(node.Id, position, tail?._hash);
        var own = node switch
        {
            SequenceNode sequence => sequence.BytesFrom(position),
            RepeatNode repeat => GrammarNode.Sum(0, repeat.Body.MinimumBytes, Math.Max(0, repeat.Minimum - position)),
            _ => throw new InvalidOperationException($"{node} has no place to go on."),
        };
        MinimumBytes = GrammarNode.Sum(own, tail?.MinimumBytes ?? 0);
    }

    public GrammarNode Node { get; }

    public int Position { get; }

    public Frame? Tail { get; }

    /// <summary>The fewest bytes from here to the end of the text.</summary>
    public int MinimumBytes { get; }

    /// <inheritdoc/>
    public bool Equals(Frame? other)
    {
        for (var (mine, its) = (this, other); ; (mine, its) = (mine.Tail, its.Tail))
        {
            if (ReferenceEquals(mine, its))
                return true;
            if (mine is null || its is null || mine._hash != its._hash || mine.Node != its.Node || mine.Position != its.Position)
                return false;
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Frame);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
