namespace Models.Generation.Grammar.Automata;

/// <summary>A set of Unicode code points as sorted ranges that neither overlap nor touch. Immutable.</summary>
internal sealed class CodePointSet
{
    /// <summary>The largest code point.</summary>
    public const int Last = 0x10FFFF;

    /// <summary>Every code point.</summary>
    public static readonly CodePointSet All = Of((0, Last));

    private CodePointSet((int Low, int High)[] ranges) => Ranges = ranges;

    /// <summary>The ranges, ends included.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    /// <summary>Makes a set of ranges in any order.</summary>
    public static CodePointSet Of(params IEnumerable<(int Low, int High)> ranges)
    {
        List<(int Low, int High)> merged = [];
        foreach (var range in ranges.OrderBy(range => range.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            else
                merged.Add(range);
        }
        return new([.. merged]);
    }

    /// <summary>The code points of any of the sets.</summary>
    public static CodePointSet Union(IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(set => set.Ranges));

    /// <summary>Every other code point.</summary>
    public CodePointSet Complement()
    {
        List<(int, int)> gaps = [];
        var next = 0;
        foreach (var (low, high) in Ranges)
        {
            if (low > next)
                gaps.Add((next, low - 1));
            next = high + 1;
        }
        if (next <= Last)
            gaps.Add((next, Last));
        return new([.. gaps]);
    }

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint)
    {
        var (low, high) = (0, Ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint < Ranges[middle].Low)
                high = middle - 1;
            else if (codePoint > Ranges[middle].High)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }
}
