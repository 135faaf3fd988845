namespace Models.Generation.Grammar.Json;

/// <summary>What a schema says of numbers.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="MinimumExcluded">Whether the least value itself is out.</param>
/// <param name="Maximum">The greatest value.</param>
/// <param name="MaximumExcluded">Whether the greatest value itself is out.</param>
/// <param name="MultipleOf">What every value is an integer multiple of.</param>
internal sealed record NumberBounds(
    ExactNumber? Minimum = null, bool MinimumExcluded = false, ExactNumber? Maximum = null, bool MaximumExcluded = false, ExactNumber? MultipleOf = null)
{
    /// <summary>Any number.</summary>
    public static readonly NumberBounds None = new();

    /// <summary>Those that keep to a lower bound too.</summary>
    public NumberBounds AtLeast(ExactNumber value, bool excluded) => Minimum is { } own && own.CompareTo(value) is var order && (order > 0 || order == 0 && (MinimumExcluded || !excluded))
        ? this
        : this with { Minimum = value, MinimumExcluded = excluded };

    /// <summary>Those that keep to an upper bound too.</summary>
    public NumberBounds AtMost(ExactNumber value, bool excluded) => Maximum is { } own && own.CompareTo(value) is var order && (order < 0 || order == 0 && (MaximumExcluded || !excluded))
        ? this
        : this with { Maximum = value, MaximumExcluded = excluded };

    /// <summary>Those that are multiples of a number too.</summary>
    public NumberBounds MultiplesOf(ExactNumber value) => this with { MultipleOf = MultipleOf is { } own ? ExactNumber.LeastCommonMultiple(own, value) : value };

    /// <summary>Whether a number keeps to them.</summary>
    public bool Admit(ExactNumber value) =>
        (Minimum is not { } minimum || value.CompareTo(minimum) is var low && (low > 0 || low == 0 && !MinimumExcluded))
        && (Maximum is not { } maximum || value.CompareTo(maximum) is var high && (high < 0 || high == 0 && !MaximumExcluded))
        && (MultipleOf is not { } divisor || value.IsMultipleOf(divisor));

    /// <summary>Whether no number keeps to both these and others, by the bounds alone.</summary>
    public bool ExcludeAll(NumberBounds other)
    {
        var both = this;
        if (other.Minimum is { } minimum)
            both = both.AtLeast(minimum, other.MinimumExcluded);
        if (other.Maximum is { } maximum)
            both = both.AtMost(maximum, other.MaximumExcluded);
        return both.Minimum is { } low && both.Maximum is { } high && low.CompareTo(high) is var order && (order > 0 || order == 0 && (both.MinimumExcluded || both.MaximumExcluded));
    }
}
