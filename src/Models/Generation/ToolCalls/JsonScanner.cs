namespace Models.Generation.ToolCalls;

/// <summary>
/// Checks a JSON text character by character by RFC 8259, with two departures: raw control characters may stand in strings, because
/// models write them, and half a surrogate pair is refused, escaped or not, because no reader could make text of it.
/// </summary>
internal sealed class JsonScanner
{
    /// <summary>How deep arrays and objects may nest.</summary>
    public const int MaxDepth = 64;

    private enum NumberPart : byte { Minus, Zero, Integer, Point, Fraction, Exponent, ExponentSign, ExponentDigits }

    private ulong _isObject; // one bit for each open bracket, the lowest for the innermost
    private NumberPart _number;
    private string _literal = "";
    private int _literalAt;
    private bool _escaped;
    private int _hexLeft;
    private int _hex;
    private bool _lowSurrogateDue;
    private bool _escapedLowSurrogateDue;

    public JsonState State { get; private set; }

    /// <summary>How many arrays and objects are open.</summary>
    public int Depth { get; private set; }

    /// <summary>True if the last character was refused for its depth.</summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>Takes the next character; false if no JSON text goes on like this.</summary>
    public bool Push(char c) => State switch
    {
        JsonState.Value or JsonState.FirstItem => PushValue(c),
        JsonState.FirstKey => PushFirstKey(c),
        JsonState.NextKey => IsSpace(c) || (c == '"' && Go(JsonState.Key)),
        JsonState.Key or JsonState.String => PushString(c),
        JsonState.Colon => IsSpace(c) || (c == ':' && Go(JsonState.Value)),
        JsonState.Number => PushNumber(c),
        JsonState.Literal => PushLiteral(c),
        JsonState.AfterValue => PushAfterValue(c),
        _ => false,
    };

    private static bool IsSpace(char c) => c is ' ' or '\n' or '\r' or '\t';

    private bool Go(JsonState state)
    {
        State = state;
        return true;
    }

    private bool EndValue() => Go(Depth == 0 ? JsonState.End : JsonState.AfterValue);

    private bool Open(bool isObject)
    {
        if (Depth == MaxDepth)
        {
            IsTooDeep = true;
            return false;
        }
        Depth++;
        _isObject = (_isObject << 1) | (isObject ? 1UL : 0);
        return Go(isObject ? JsonState.FirstKey : JsonState.FirstItem);
    }

    private bool Close(bool isObject)
    {
        if ((_isObject & 1) == 1 != isObject) return false;
        Depth--;
        _isObject >>= 1;
        return EndValue();
    }

    private bool PushValue(char c) => c switch
    {
        ' ' or '\n' or '\r' or '\t' => true,
        '{' => Open(isObject: true),
        '[' => Open(isObject: false),
        ']' => State == JsonState.FirstItem && Close(isObject: false),
        '"' => Go(JsonState.String),
        '-' => BeginNumber(NumberPart.Minus),
        '0' => BeginNumber(NumberPart.Zero),
        >= '1' and <= '9' => BeginNumber(NumberPart.Integer),
        't' => BeginLiteral("true"),
        'f' => BeginLiteral("false"),
        'n' => BeginLiteral("null"),
        _ => false,
    };

    private bool PushFirstKey(char c) => c switch
    {
        '"' => Go(JsonState.Key),
        '}' => Close(isObject: true),
        _ => IsSpace(c),
    };

    private bool PushAfterValue(char c) => c switch
    {
        ',' => Go((_isObject & 1) == 1 ? JsonState.NextKey : JsonState.Value),
        '}' => Close(isObject: true),
        ']' => Close(isObject: false),
        _ => IsSpace(c),
    };

    private bool PushString(char c)
    {
        if (char.IsLowSurrogate(c) != _lowSurrogateDue) return false;
        _lowSurrogateDue = char.IsHighSurrogate(c);
        if (_hexLeft > 0) return PushHexDigit(c);
        if (_escaped)
        {
            _escaped = false;
            if (c != 'u') return !_escapedLowSurrogateDue && c is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't';
            (_hexLeft, _hex) = (4, 0);
            return true;
        }
        if (c == '\\') return _escaped = true;
        if (_escapedLowSurrogateDue) return false;
        return c != '"' || (State == JsonState.Key ? Go(JsonState.Colon) : EndValue());
    }

    private bool PushHexDigit(char c)
    {
        if (!char.IsAsciiHexDigit(c)) return false;
        _hex = (_hex << 4) | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (--_hexLeft > 0) return true;
        if (char.IsLowSurrogate((char)_hex) != _escapedLowSurrogateDue) return false;
        _escapedLowSurrogateDue = char.IsHighSurrogate((char)_hex);
        return true;
    }

    private bool BeginNumber(NumberPart part)
    {
        _number = part;
        return Go(JsonState.Number);
    }

    private bool PushNumber(char c)
    {
        NumberPart? next = (_number, c) switch
        {
            (NumberPart.Minus, '0') => NumberPart.Zero,
            (NumberPart.Minus or NumberPart.Integer, >= '1' and <= '9') or (NumberPart.Integer, '0') => NumberPart.Integer,
            (NumberPart.Zero or NumberPart.Integer, '.') => NumberPart.Point,
            (NumberPart.Point or NumberPart.Fraction, >= '0' and <= '9') => NumberPart.Fraction,
            (NumberPart.Zero or NumberPart.Integer or NumberPart.Fraction, 'e' or 'E') => NumberPart.Exponent,
            (NumberPart.Exponent, '+' or '-') => NumberPart.ExponentSign,
            (NumberPart.Exponent or NumberPart.ExponentSign or NumberPart.ExponentDigits, >= '0' and <= '9') => NumberPart.ExponentDigits,
            _ => null,
        };
        if (next is { } part)
        {
            _number = part;
            return true;
        }
        // Only the character after a number tells that it ended.
        return _number is NumberPart.Zero or NumberPart.Integer or NumberPart.Fraction or NumberPart.ExponentDigits
            && EndValue() && Depth > 0 && PushAfterValue(c);
    }

    private bool BeginLiteral(string literal)
    {
        (_literal, _literalAt) = (literal, 1);
        return Go(JsonState.Literal);
    }

    private bool PushLiteral(char c) => _literal[_literalAt] == c && (++_literalAt < _literal.Length || EndValue());
}
