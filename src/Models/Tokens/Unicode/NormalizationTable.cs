using System.Collections;
using System.Globalization;
using System.IO.Compression;

namespace Models.Tokens.Unicode;

/// <summary>
/// How characters come apart and together, in sorted arrays of some 120 KB, read from <see cref="NormalizationData"/> on first
/// use. Hangul syllables are not in it: those go by arithmetic. Immutable and safe for several threads.
/// </summary>
internal sealed class NormalizationTable
{
    private static readonly Lazy<NormalizationTable> Loaded = new(() => new NormalizationTable());

    private readonly Mapping _canonical;
    private readonly Mapping _compatible;
    private readonly ulong[] _pairs; // first << 32 | second, sorted
    private readonly int[] _composed;
    private readonly int[] _classStarts;
    private readonly (int End, byte Class)[] _classes;
    private readonly BitArray _active = new(0x30000); // nothing beyond is in the data

    private NormalizationTable()
    {
        SortedDictionary<int, int[]> canonical = [], compatible = [];
        SortedDictionary<ulong, int> pairs = [];
        SortedDictionary<int, (int, byte)> classes = [];
        var (sign, previous) = ('\0', 0);
        foreach (var line in Lines())
        {
            int[] numbers = [.. line[1..].Split(' ').Select(number => int.Parse(number, NumberStyles.HexNumber))];
            var start = numbers[0] + (line[0] == sign ? previous : 0);
            sign = line[0];
            var end = sign == '^' ? start + numbers[1] : start;
            previous = end;
            for (var point = start; point <= end; point++)
                _active[point] = true;
            if (sign == '^')
                classes[start] = (end, (byte)numbers[2]);
            else
                (sign == '~' ? compatible : canonical)[start] = numbers[1..];
            if (sign == '=')
            {
                pairs[Pair(numbers[1], numbers[2])] = start;
                _active[numbers[2]] = true;
            }
        }
        (_canonical, _compatible) = (new(canonical), new(compatible));
        (_pairs, _composed) = ([.. pairs.Keys], [.. pairs.Values]);
        (_classStarts, _classes) = ([.. classes.Keys], [.. classes.Values]);
    }

    /// <summary>The table.</summary>
    public static NormalizationTable Instance => Loaded.Value;

    /// <summary>False for a character that never comes apart, never moves and never joins the one before it.</summary>
    public bool IsActive(int point) => point < _active.Length && _active[point];

    /// <summary>One step of a character's decomposition, to be decomposed in turn; empty where it has none.</summary>
    public ReadOnlySpan<int> Decompose(int point, bool compatibility)
    {
        var mapping = compatibility ? _compatible[point] : default;
        return mapping.IsEmpty ? _canonical[point] : mapping;
    }

    /// <summary>The character that two compose to, or -1.</summary>
    public int Compose(int first, int second)
    {
        var at = Array.BinarySearch(_pairs, Pair(first, second));
        return at < 0 ? -1 : _composed[at];
    }

    /// <summary>The canonical combining class.</summary>
    public int CombiningClass(int point)
    {
        var at = Array.BinarySearch(_classStarts, point);
        if (at < 0)
            at = ~at - 1; // the range that starts before
        return at >= 0 && point <= _classes[at].End ? _classes[at].Class : 0;
    }

    private static ulong Pair(int first, int second) => (ulong)first << 32 | (uint)second;

    private static IEnumerable<string> Lines()
    {
        using var reader = new StreamReader(new BrotliStream(new MemoryStream(Convert.FromBase64String(NormalizationData.Packed)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private sealed class Mapping
    {
        private readonly int[] _keys;
        private readonly int[] _ends;
        private readonly int[] _values;

        public Mapping(SortedDictionary<int, int[]> entries)
        {
            _keys = [.. entries.Keys];
            _values = [.. entries.Values.SelectMany(value => value)];
            var end = 0;
            _ends = [.. entries.Values.Select(value => end += value.Length)];
        }

        public ReadOnlySpan<int> this[int key]
        {
            get
            {
                var at = Array.BinarySearch(_keys, key);
                return at < 0 ? default : _values.AsSpan((at == 0 ? 0 : _ends[at - 1]).._ends[at]);
            }
        }
    }
}
