using System.Globalization;
using System.Text;

namespace Models.Generation.Grammar.Syntax;

/// <summary>Reads a pattern or grammar by code points, and says where it stopped understanding.</summary>
internal sealed class Scanner(string text, string what)
{
    private const int MaxDepth = 200;
    private const int MaxCount = 10_000;

    private int _depth;

    /// <summary>The position, in UTF-16 units.</summary>
    public int Position { get; set; }

    /// <summary>Whether everything is read.</summary>
    public bool AtEnd => Position >= text.Length;

    /// <summary>The character here; NUL at the end.</summary>
    public char Peek(int ahead = 0) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    /// <summary>Reads the given text if it stands here.</summary>
    public bool TryRead(string expected)
    {
        if (string.CompareOrdinal(text, Position, expected, 0, expected.Length) != 0)
            return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Reads one code point.</summary>
    public int ReadCodePoint()
    {
        if (AtEnd)
            throw Error("ends too early", null);
        if (Rune.DecodeFromUtf16(text.AsSpan(Position), out var rune, out var length) != System.Buffers.OperationStatus.Done)
            throw Error("holds half of a surrogate pair", null);
        Position += length;
        return rune.Value;
    }

    /// <summary>Reads characters while they are of a kind.</summary>
    public string ReadWhile(Func<char, bool> kind)
    {
        var start = Position;
        while (!AtEnd && kind(text[Position]))
            Position++;
        return text[start..Position];
    }

    /// <summary>Reads a hexadecimal number of so many digits.</summary>
    public int ReadHex(int digits)
    {
        var start = Position;
        if (text.Length - start < digits || !int.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, null, out var value) || value < 0)
            throw Error($"needs {digits} hexadecimal digits here", null);
        Position += digits;
        return value;
    }

    /// <summary>Reads <c>* + ?</c> or a count in braces; null where none stands here.</summary>
    public (int Minimum, int? Maximum)? ReadQuantifier()
    {
        switch (Peek())
        {
            case '*':
                Position++;
                return (0, null);
            case '+':
                Position++;
                return (1, null);
            case '?':
                Position++;
                return (0, 1);
            case '{':
                var start = Position++;
                var minimum = ReadCount(start);
                int? maximum = minimum;
                if (TryRead(","))
                    maximum = Peek() == '}' ? null : ReadCount(start);
                if (!TryRead("}") || maximum < minimum)
                    throw Error("has a malformed repetition count", "{", start);
                return (minimum, maximum);
            default:
                return null;
        }
    }

    /// <summary>Enters a nested part.</summary>
    public void Enter()
    {
        if (++_depth > MaxDepth)
            throw Error($"is nested deeper than {MaxDepth}", "(");
    }

    /// <summary>Leaves a nested part.</summary>
    public void Leave() => _depth--;

    /// <summary>The error of a construct at a position, or here.</summary>
    public GrammarException Error(string reason, string? construct, int? position = null) =>
        new($"The {what} {reason}: {Excerpt(position ?? Position)}", construct, $"position {position ?? Position}");

    private int ReadCount(int start)
    {
        var digits = ReadWhile(char.IsAsciiDigit);
        if (digits.Length == 0)
            throw Error("has a malformed repetition count", "{", start);
        if (digits.Length > 5 || int.Parse(digits) > MaxCount)
            throw Error($"repeats something more than {MaxCount:N0} times", "{", start);
        return int.Parse(digits);
    }

    private string Excerpt(int position) => position >= text.Length ? "end of text" : text.Substring(position, Math.Min(20, text.Length - position));
}
