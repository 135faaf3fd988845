namespace Models.Tokens.Jinja;

/// <summary>Finds the end of a number literal: decimal, 0b, 0o and 0x integers and floats, with <c>_</c> between digits.</summary>
internal static class NumberScanner
{
    public static int Scan(string source, int at, out bool isFloat)
    {
        isFloat = false;
        // In a.0.1 the numbers are subscripts, not fractions.
        if (at == 0 || source[at - 1] != '.')
        {
            var end = FloatEnd(source, at);
            if (end > 0)
            {
                isFloat = true;
                return end;
            }
        }
        if (source[at] != '0') return Digits(source, at, char.IsAsciiDigit);
        Func<char, bool>? digit = at + 1 >= source.Length ? null : char.ToLowerInvariant(source[at + 1]) switch
        {
            'b' => static c => c is '0' or '1',
            'o' => static c => c is >= '0' and <= '7',
            'x' => char.IsAsciiHexDigit,
            _ => null,
        };
        if (digit is not null)
        {
            var first = at + 2 < source.Length && source[at + 2] == '_' ? at + 3 : at + 2;
            if (first < source.Length && digit(source[first])) return Digits(source, first, digit);
        }
        return Digits(source, at, static c => c == '0');
    }

    private static int FloatEnd(string source, int at)
    {
        var end = Digits(source, at, char.IsAsciiDigit);
        var fraction = end;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
            fraction = Digits(source, end + 1, char.IsAsciiDigit);
        var exponent = fraction;
        if (exponent < source.Length && source[exponent] is 'e' or 'E')
        {
            exponent++;
            if (exponent < source.Length && source[exponent] is '+' or '-') exponent++;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent])) return Digits(source, exponent, char.IsAsciiDigit);
        }
        return fraction > end ? fraction : -1;
    }

    private static int Digits(string source, int at, Func<char, bool> isDigit)
    {
        at++;
        while (at < source.Length)
        {
            if (isDigit(source[at])) at++;
            else if (source[at] == '_' && at + 1 < source.Length && isDigit(source[at + 1])) at += 2;
            else break;
        }
        return at;
    }
}
