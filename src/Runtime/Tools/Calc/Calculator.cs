using System.Globalization;

namespace Runtime.Tools.Calc;

/// <summary>
/// Reads an expression and works it out. Powers before products before sums, as taught in schools; <c>a + b%</c> adds so much of a; measures
/// are added to measures of their kind. One use, one thread.
/// </summary>
internal sealed class Calculator
{
    // Bounds for what a model may send, not for what anybody means.
    private const int Longest = 300, Deepest = 40;

    private static readonly string[] Conversions = ["in", "to", "as", "into", "->", "→"];

    private readonly string _text;
    private int _at, _depth;

    private Calculator(string text) => _text = text;

    /// <summary>The result of an expression, as a person reads it.</summary>
    /// <exception cref="ToolException">It is none, or has none; the message says why.</exception>
    public static string Calculate(string expression)
    {
        if (expression.Length > Longest) throw new ToolException($"The expression has {expression.Length} characters; up to {Longest} are read.");
        var calculator = new Calculator(Spoken(expression));
        var result = calculator.Sum();
        if (!calculator.IsAtEnd) result = calculator.Convert(result);
        if (!calculator.IsAtEnd) throw calculator.Unexpected();
        return result.ToString();
    }

    private bool IsAtEnd => Peek() == '\0';

    // What people say of units and operators, as it is written.
    private static string Spoken(string expression)
    {
        var text = expression;
        foreach (var (said, written) in ((string, string)[])
            [
                ("square root of", "sqrt"), ("divided by", "/"), ("multiplied by", "*"), ("to the power of", "^"), ("percent", "%"), ("per cent", "%"), (" per ", "/"),
                ("degrees ", "°"), ("degree ", "°"), ("square ", "square"), ("sq ", "sq"), ("cubic ", "cubic"), ("cu ", "cu"), ("fluid ounce", "fluidounce"), ("fl oz", "floz"),
                ("nautical mile", "nauticalmile"), ("metric ton", "metricton"), ("short ton", "shortton"), ("us gallon", "usgallon"), ("imperial ", "imperial"), ("uk ", "uk"), ("light year", "lightyear"),
            ])
            text = text.Replace(said, written, StringComparison.OrdinalIgnoreCase);
        return text.Replace("°celsius", "°C", StringComparison.OrdinalIgnoreCase).Replace("°fahrenheit", "°F", StringComparison.OrdinalIgnoreCase);
    }

    private Measure Sum()
    {
        var sum = Product();
        while (true)
        {
            if (Take("+", "plus")) sum = sum.Plus(Product(), 1);
            else if (Take("-", "−", "–", "minus")) sum = sum.Plus(Product(), -1);
            else return sum;
        }
    }

    private Measure Product()
    {
        var product = Signed();
        while (true)
        {
            if (Take("*", "×", "·", "x", "times", "of")) product = product.Times(Signed());
            else if (Take("/", "÷", ":", "over")) product = product.Over(Signed());
            else if (Take("%", "mod")) product = product.Rest(Signed());
            else if (Peek() == '(' || Word() is "pi" or "π" or "e" or "sqrt" or "√") product = product.Times(Signed());
            else return product;
        }
    }

    private Measure Signed()
    {
        if (++_depth > Deepest) throw new ToolException("The expression is nested too deeply.");
        var result = Take("-", "−", "–") ? Signed().Negated() : Take("+") ? Signed() : Power();
        _depth--;
        return result;
    }

    private Measure Power()
    {
        var number = Measured();
        return Take("**", "^") ? number.Power(Signed()) : number;
    }

    // A number and its unit; 5 ft 10 in is one of them.
    private Measure Measured()
    {
        var measure = new Measure(Primary(), null);
        for (var changed = true; changed;)
        {
            changed = true;
            if (Take("²")) measure = measure.Power(new Measure(2, null));
            else if (Take("³")) measure = measure.Power(new Measure(3, null));
            else if (Take("!")) measure = new Measure(measure.Factorial(), null);
            else changed = false;
        }
        if (Peek() == '%' && !IsOperand(After(1))) return Take("%") ? measure with { IsPercent = true } : measure;
        if (Word() is not { } word || IsOperator(word) || Units.Find(word) is not { } unit) return measure;
        Skip(word);
        measure = measure with { Unit = unit };
        return char.IsAsciiDigit(Peek()) ? measure.Plus(Measured(), 1) : measure;
    }

    private CalcNumber Primary()
    {
        if (Take("("))
        {
            if (++_depth > Deepest) throw new ToolException("The expression is nested too deeply.");
            var inner = Sum();
            _depth--;
            if (!Take(")")) throw new ToolException("A closing parenthesis is missing.");
            return inner.Plain();
        }
        if (char.IsAsciiDigit(Peek()) || (Peek() is '.' or ',' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))) return Number();
        if (Take("pi", "π")) return 3.1415926535897932384626433833m;
        if (Take("e")) return 2.7182818284590452353602874714m;
        if (Take("sqrt", "√")) return Argument().Root();
        if (Take("abs")) return Argument().Near(Math.Abs, Math.Abs);
        if (Take("round")) return Argument().Near(n => Math.Round(n, MidpointRounding.AwayFromZero), n => Math.Round(n, MidpointRounding.AwayFromZero));
        if (Take("floor")) return Argument().Near(Math.Floor, Math.Floor);
        if (Take("ceil")) return Argument().Near(Math.Ceiling, Math.Ceiling);
        if (Take("log")) return CalcNumber.Of(Math.Log10(Positive(Argument())));
        if (Take("ln")) return CalcNumber.Of(Math.Log(Positive(Argument())));
        throw Unexpected();
    }

    private CalcNumber Argument() => Measured().Plain();

    private static double Positive(CalcNumber number) => number.About > 0 ? number.About : throw new ToolException("Only positive numbers have a logarithm.");

    // 1,000 and 1.000.000 are thousands; 3,5 and 3.5 are the same.
    private CalcNumber Number()
    {
        var begin = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] is '.' or ',' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))) _at++;
        var written = _text[begin.._at];
        var (commas, points) = (written.Count(c => c == ','), written.Count(c => c == '.'));
        var decimalMark = commas > 0 && points > 0 ? written[written.AsSpan().LastIndexOfAny(',', '.')] : commas > 0 ? IsGrouped(written, ',') ? '.' : ',' : points > 1 ? ',' : '.';
        var digits = string.Concat(written.Where(c => char.IsAsciiDigit(c) || c == decimalMark)).Replace(',', '.');
        if (digits.Count(c => c == '.') > 1 || (decimalMark == ',' && points > 1 && !IsGrouped(written.Split(',')[0], '.'))) throw new ToolException($"{written} is no number.");
        if (_at + 1 < _text.Length && _text[_at] is 'e' or 'E' && (char.IsAsciiDigit(_text[_at + 1]) || (_text[_at + 1] is '+' or '-' && _at + 2 < _text.Length && char.IsAsciiDigit(_text[_at + 2]))))
        {
            var exponent = _at;
            for (_at += 2; _at < _text.Length && char.IsAsciiDigit(_text[_at]);) _at++;
            digits += _text[exponent.._at];
        }
        var about = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(about)) throw new ToolException($"{written} is too large.");
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && (exact != 0 || about == 0) ? new(exact, about) : new(null, about);
    }

    private static bool IsGrouped(string written, char mark) =>
        written.Split(mark) is [{ Length: > 0 and < 4 } first, .. { Length: > 0 } groups] && first != "0" && groups.All(group => group.Length == 3);

    private Measure Convert(Measure measure)
    {
        // 10 in cm: the in was the inch.
        Take(Conversions);
        if (Word() is not { } word) throw Unexpected();
        if (Units.Find(word) is not { } unit) throw Unknown(word);
        Skip(word);
        return measure.In(unit);
    }

    // A word that is known, the longest that begins here: km/h before km.
    private string? Word()
    {
        Peek();
        var end = _at;
        while (end < _text.Length && (char.IsLetter(_text[end]) || _text[end] is '°' or '√' or '"' or '\'' || (end > _at && _text[end] is '/' or '²' or '³' or '2' or '3'))) end++;
        for (var length = end - _at; length > 0; length--)
        {
            // Half a word is none, but for a sign and what comes without a space: km/2, x3.
            if (length < end - _at && char.IsLetter(_text[_at + length]) && char.IsLetter(_text[_at + length - 1])) continue;
            var word = _text.Substring(_at, length);
            if (IsOperator(word) || IsFunction(word) || Units.Find(word) is not null) return word;
        }
        return end > _at ? _text[_at..end] : null;
    }

    private static bool IsOperator(string word) => word is "x" or "times" or "of" or "plus" or "minus" or "mod" or "over" or "to" or "as" or "into";

    private static bool IsFunction(string word) => word is "pi" or "π" or "e" or "sqrt" or "√" or "abs" or "round" or "floor" or "ceil" or "log" or "ln" or "in";

    private static bool IsOperand(char next) => char.IsAsciiDigit(next) || next == '(';

    private bool Take(params ReadOnlySpan<string> tokens)
    {
        Peek();
        foreach (var token in tokens)
        {
            if (char.IsLetter(token[0]) ? Word() != token : !_text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal)) continue;
            // ** is a power and no product.
            if (token == "*" && After(1) == '*' && _text[_at + 1] == '*') continue;
            _at += token.Length;
            return true;
        }
        return false;
    }

    private void Skip(string word) => _at += word.Length;

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    // The next character but so many that is no space.
    private char After(int count)
    {
        var at = _at + count;
        while (at < _text.Length && char.IsWhiteSpace(_text[at])) at++;
        return at < _text.Length ? _text[at] : '\0';
    }

    private ToolException Unexpected() => IsAtEnd ? new("The expression is not complete.") : Word() is { } word && !IsOperator(word) && !IsFunction(word) && Units.Find(word) is null ? Unknown(word)
        : new($"The expression cannot be read from here on: {_text[_at..]}");

    private static ToolException Unknown(string word) => word.ToUpperInvariant() is "EUR" or "USD" or "GBP" or "CHF" or "JPY" or "CNY" or "EURO" or "EUROS" or "DOLLAR" or "DOLLARS" or "YEN"
        ? new("Rates of money change and are not known here.") : new($"{word} is no unit and no function that is known here.");
}
