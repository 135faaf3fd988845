using System.Globalization;
using Runtime.Tools.Calc;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Sums as people say them: <c>arg</c> as <c>calc</c> takes it, <c>value</c> what the box's own <c>calc</c> makes of it.</summary>
internal static class Sums
{
    private static readonly string[] Plus = [" plus ", " plus ", " + ", " + ", "+", " added to ", " and then plus "];
    private static readonly string[] Minus = [" minus ", " minus ", " - ", " - ", "-", " less ", " take away ", " – "];
    private static readonly string[] Times = [" times ", " times ", " * ", "*", " x ", "x", " multiplied by ", " multiplied with ", " × ", "×", " by ", " X ", " · "];
    private static readonly string[] By = [" divided by ", " divided by ", " / ", "/", "/", " over ", " ÷ ", "÷", " split by ", " : ", ":", " divided through "];
    private static readonly (string One, string Many, int Of)[] Fractions = [("half", "halves", 2), ("third", "thirds", 3), ("quarter", "quarters", 4), ("fifth", "fifths", 5), ("sixth", "sixths", 6), ("eighth", "eighths", 8), ("tenth", "tenths", 10)];

    /// <summary>Something to work out.</summary>
    public static SlotValue Sum(Random random)
    {
        var most = random.Next(4) switch { 0 => 12, 1 => 100, 2 => 1000, _ => 100_000 };
        var (a, b) = (Operand(random, most), Operand(random, most));
        return random.Next(27) switch
        {
            < 3 => Of(a, Made.Pick(Plus, random), b, "+", random),
            < 6 => Of(a, Made.Pick(Minus, random), b, "-", random),
            < 10 => Of(a, Made.Pick(Times, random), b, "*", random),
            < 13 => Of(a, Made.Pick(By, random), b, "/", random),
            < 15 => Percent(random, a.Written),
            15 => Root(random, a.Written),
            < 18 => Power(random),
            18 => Fraction(random, a.Written),
            < 21 => Root(random, a.Written),
            < 24 => InWords(random),
            _ => Row(random, most),
        };
    }

    /// <summary>Two numbers that a story is told about: forms <c>a</c>, <c>b</c>, <c>arg</c> and <c>value</c>.</summary>
    public static SlotValue Told(string sign, Random random)
    {
        var (a, b) = sign is "%" or "off" or "on" ? (random.Next(1, 100), random.Next(5, 2000)) : (random.Next(3, random.Next(2) == 0 ? 60 : 3000), random.Next(2, random.Next(2) == 0 ? 13 : 200));
        if (sign == "-" && a < b) (a, b) = (b, a);
        var (saidA, saidB, writtenB) = (Number(a), Number(b), $"{b}");
        // Prices have cents.
        if (sign is not ("-" or "/") && random.Next(6) == 0) saidB = writtenB = $"{b}.{random.Next(1, 100):00}";
        var forms = Both(sign switch { "%" => $"{a}% of {writtenB}", "off" => $"{writtenB} - {a}%", "on" => $"{writtenB} + {a}%", _ => $"{a} {sign} {writtenB}" });
        (forms["a"], forms["b"]) = (saidA, saidB);
        return new($"{saidA} {saidB}", forms);

        string Number(int n) => random.Next(4) == 0 && n < 1000 ? Numbers.Spoken(n) : $"{n}";
    }

    /// <summary>Two numbers that things stand beside: forms <c>a</c>, <c>sign</c> as it is said, <c>b</c>, <c>arg</c> and <c>value</c>.</summary>
    public static SlotValue Counted(Random random)
    {
        var (a, b) = (random.Next(2, Made.Pick([40, 300, 3000], random)), random.Next(2, Made.Pick([20, 100, 100, 400], random)));
        var (word, sign) = Made.Pick([("plus", "+"), ("plus", "+"), ("and another", "+"), ("minus", "-"), ("minus", "-"), ("less", "-"), ("take away", "-"), ("times", "*"), ("times", "*"), ("multiplied by", "*"), ("x", "*"), ("divided by", "/"), ("divided by", "/"), ("divided by", "/"), ("split by", "/")], random);
        if (sign == "/" && random.Next(2) == 0) a = random.Next(2, 41) * b;
        var forms = Both($"{a} {sign} {b}");
        var isSpoken = word.Length > 1 && random.Next(4) == 0;
        (forms["a"], forms["sign"], forms["b"]) = (isSpoken ? Numbers.Spoken(a, random) : $"{a}", word, isSpoken ? Numbers.Spoken(b, random) : $"{b}");
        return new($"{forms["a"]} {word} {forms["b"]}", forms);
    }

    /// <summary>Both numbers in words, whatever they are.</summary>
    public static SlotValue InWords(Random random)
    {
        var (a, b) = (random.Next(2, Made.Pick([100, 100, 100, 1000, 10_000], random)), random.Next(2, Made.Pick([20, 20, 100, 100, 1000], random)));
        if (random.Next(3) == 0) a -= a % 10;
        var (word, sign) = Made.Pick([(" plus ", "+"), (" minus ", "-"), (" take away ", "-"), (" times ", "*"), (" times ", "*"), (" multiplied by ", "*"), (" divided by ", "/"), (" divided by ", "/"), (" over ", "/")], random);
        if (sign == "/" && random.Next(2) == 0) a = random.Next(2, 41) * b;
        return new($"{Spoken($"{Math.Max(2, a)}", random)}{word}{Spoken($"{b}", random)}", Both($"{Math.Max(2, a)} {sign} {b}"));
    }

    /// <summary>Two to four numbers with signs between them and no spaces.</summary>
    public static SlotValue Tight(Random random)
    {
        var (said, arg, count, most) = ("", "", random.Next(2, 5), random.Next(3) == 0 ? 1000 : 30);
        var isBracketed = count == 3 && random.Next(3) == 0;
        for (var i = 0; i < count; i++)
        {
            var number = random.Next(10) == 0 ? $"{random.Next(1, most)}.{random.Next(1, 10)}" : $"{random.Next(1, most)}";
            if (isBracketed && i < 2) number = i == 0 ? $"({number}" : $"{number})";
            var (sign, written) = i == 0 ? ("", "") : Made.Pick([("+", " + "), ("+", " + "), ("-", " - "), ("*", " * "), ("*", " * "), ("x", " * "), ("×", " * "), ("/", " / "), ("÷", " / ")], random);
            said += $"{sign}{number}";
            arg += $"{written}{number}";
        }
        return new(said, Both(arg));
    }

    /// <summary>A number's second or third power, as it is said most.</summary>
    public static SlotValue Squared(Random random)
    {
        var (number, isCube) = (random.Next(2, Made.Pick([21, 100, 1000], random)), random.Next(4) == 0);
        return new($"{(random.Next(3) == 0 ? Numbers.Spoken(number, random) : $"{number}")} {(isCube ? "cubed" : "squared")}", Both($"{number} ^ {(isCube ? 3 : 2)}"));
    }

    /// <summary>Another sum with the sign of one before it, and with one of its numbers or none.</summary>
    public static SlotValue Another(SlotValue before, Random random)
    {
        if (before.In("arg").Split(' ') is not [var a, "+" or "-" or "*" or "/", var b] || !char.IsAsciiDigit(a[0]) || !char.IsAsciiDigit(b[^1]) || b[0] == '-') return Sum(random);
        var (sign, kept) = (before.In("arg").Split(' ')[1], random.Next(4));
        var word = Made.Pick(sign switch { "+" => Plus, "-" => Minus, "*" => Times, _ => By }, random);
        return Of(kept == 0 ? Operand(a) : Operand(random, 100), word, kept == 1 ? Operand(b) : Operand(random, 100), sign, random);
    }

    /// <summary>What <c>calc</c> makes of an expression.</summary>
    public static string Value(string expression) => Calculator.Calculate(expression);

    private static (string Said, string Written, bool IsWhole) Operand(Random random, int most) => Operand(Numbers.Written(random, most));

    private static (string Said, string Written, bool IsWhole) Operand(string written) => (written, written, int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static SlotValue Of((string Said, string Written, bool IsWhole) a, string word, (string Said, string Written, bool IsWhole) b, string sign, Random random)
    {
        if (sign == "/" && double.Parse(b.Written, CultureInfo.InvariantCulture) == 0) b = ("4", "4", true);
        // A number with a comma or none before it, "-5 + 3", is written as it is said; words are said between words.
        var isSpoken = word.Length > 3 && char.IsLetter(word[1]) && random.Next(2) == 0;
        var (isNegative, isUnder) = (random.Next(30) == 0, !isSpoken && word[0] == ' ' && char.IsLetter(word[1]) && random.Next(30) == 0);
        var (x, y) = (isSpoken ? Words(a, random) : a.Said, isSpoken ? Words(b, random) : b.Said);
        return new($"{(isNegative ? isSpoken || random.Next(2) == 0 ? Made.Pick(["minus ", "negative "], random) : "-" : "")}{x}{word}{(isUnder ? "-" : "")}{y}", Both($"{(isNegative ? "-" : "")}{a.Written} {sign} {(isUnder ? "-" : "")}{b.Written}"));
    }

    private static string Words((string Said, string Written, bool IsWhole) number, Random random) => number.IsWhole && int.Parse(number.Written, CultureInfo.InvariantCulture) is var n and < 100_000 && (n < 200 || n % 10 == 0) ? Numbers.Spoken(n, random) : number.Said;

    private static SlotValue Percent(Random random, string of)
    {
        var percent = random.Next(6) == 0 ? $"{random.Next(1, 40)}.{(random.Next(2) == 0 ? 5 : random.Next(1, 10))}" : $"{random.Next(1, 101)}";
        var said = percent.Contains('.') || random.Next(4) > 0 ? percent : Numbers.Spoken(int.Parse(percent, CultureInfo.InvariantCulture));
        var sign = said == percent ? Made.Pick(["%", " percent", " %", " per cent"], random) : " percent";
        return random.Next(8) switch
        {
            0 => new($"{said}{sign} off {of}", Both($"{of} - {percent}%")),
            1 => new($"{of} {Made.Pick(["minus", "less", "-"], random)} {percent}%", Both($"{of} - {percent}%")),
            2 => new($"{of} {Made.Pick(["plus", "+", "and"], random)} {percent}%", Both($"{of} + {percent}%")),
            _ => new($"{said}{sign} of {of}", Both($"{percent}% of {of}")),
        };
    }

    // Some say "a hundred and ten", some "one hundred ten": which of them, the number decides. What is no whole number stays as it is.
    private static string Spoken(string number, Random random)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n >= 100_000) return number;
        var said = Numbers.Spoken(n, random);
        if (n % 3 == 0 && said.StartsWith("one ", StringComparison.Ordinal)) return $"a {said[4..]}";
        return n % 5 == 1 ? said.Replace("hundred and ", "hundred ", StringComparison.Ordinal) : said;
    }

    private static SlotValue Root(Random random, string of)
    {
        var root = random.Next(2, 100);
        var number = random.Next(2) == 0 ? $"{root * root}" : of;
        return new(Made.Pick([$"the square root of {number}", $"square root of {number}", $"sqrt {number}", $"sqrt({number})", $"the root of {number}", $"root of {number}", $"square root {number}", $"√{number}", $"the square root of {Spoken(number, random)}", $"square root of {Spoken(number, random)}"], random), Both($"sqrt({number})"));
    }

    private static SlotValue Power(Random random)
    {
        var (x, y) = (random.Next(2, 100), random.Next(3) == 0 ? random.Next(2, 13) : random.Next(2, 5));
        if (y > 4) x = random.Next(2, 13);
        var spoken = random.Next(3) == 0;
        var (name, nth) = (spoken ? Numbers.Spoken(x) : $"{x}", spoken ? Numbers.Spoken(y) : $"{y}");
        var ordinal = y switch { 2 => "second", 3 => "third", 4 => "fourth", 5 => "fifth", 6 => "sixth", 7 => "seventh", 8 => "eighth", 9 => "ninth", _ => "tenth" };
        var said = random.Next(12) switch
        {
            0 when y == 2 => $"the square of {name}",
            0 when y == 3 => $"the cube of {name}",
            1 => $"{x}^{y}",
            2 => $"{x} ^ {y}",
            3 => $"{x}**{y}",
            4 => $"{name} to the {nth}",
            5 when y <= 10 => $"{name} to the {ordinal} power",
            6 => $"{name} raised to the power of {nth}",
            7 => $"{name} to the power {nth}",
            8 when y == 2 => $"{x}²",
            < 10 when y == 2 => $"{name} squared",
            < 10 when y == 3 => $"{name} cubed",
            10 => $"{name} raised to {nth}",
            _ => $"{name} to the power of {nth}",
        };
        return new(said, Both($"{x} ^ {y}"));
    }

    private static SlotValue Fraction(Random random, string of)
    {
        var (one, many, parts) = Made.Pick(Fractions, random);
        if (random.Next(3) == 0) return Made.Pick<SlotValue>([new($"double {of}", Both($"{of} * 2")), new($"twice {of}", Both($"{of} * 2")), new($"{of} doubled", Both($"{of} * 2")), new($"triple {of}", Both($"{of} * 3")), new($"three times {of}", Both($"3 * {of}")), new($"{of} halved", Both($"{of} / 2")), new($"half of {of}", Both($"{of} / 2"))], random);
        var count = parts > 2 && random.Next(3) == 0 ? random.Next(2, parts) : 1;
        return count == 1 ? new($"{(random.Next(2) == 0 ? "a" : "one")} {one} of {of}".Replace("a eighth", "an eighth").Replace("a half of", "half of"), Both($"{of} / {parts}")) : new($"{Numbers.Spoken(count)} {many} of {of}", Both($"{count}/{parts} of {of}"));
    }

    // Several in a row.
    private static SlotValue Row(Random random, int most)
    {
        var count = random.Next(3) == 0 ? random.Next(4, 6) : 3;
        var (said, arg, isSymbols, gap) = ("", "", random.Next(3) == 0, random.Next(2) == 0 ? "" : " ");
        var isBracketed = isSymbols && count == 3 && random.Next(3) == 0;
        for (var i = 0; i < count; i++)
        {
            var number = Operand(random, Math.Min(most, 1000));
            if (i > 0)
            {
                var sign = Made.Pick(["+", "-", "*", "+", "-"], random);
                said += isSymbols ? $"{gap}{sign}{gap}" : sign switch { "+" => " plus ", "-" => " minus ", _ => " times " };
                arg += $" {sign} ";
            }
            var isSpoken = !isSymbols && number.IsWhole && random.Next(5) == 0;
            said += isBracketed && i == 0 ? $"({number.Said}" : isBracketed && i == 1 ? $"{number.Said})" : isSpoken ? Words(number, random) : number.Said;
            arg += isBracketed && i == 0 ? $"({number.Written}" : isBracketed && i == 1 ? $"{number.Written})" : number.Written;
        }
        return new(said, Both(arg));
    }

    private static Dictionary<string, string> Both(string arg) => new() { ["arg"] = arg, ["value"] = Value(arg) };
}
