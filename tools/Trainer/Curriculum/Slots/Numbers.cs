using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Numbers, sums and measures.</summary>
internal static class Numbers
{
    private static readonly string[] Small = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    private static readonly string[][] Units =
    [
        ["km", "miles", "kilometers", "meters", "feet", "m", "cm", "inches", "mm", "yards", "ft", "mi", "centimeters", "kilometres", "metres", "foot"],
        ["kg", "pounds", "grams", "ounces", "lbs", "kilograms", "oz", "g", "stone", "lb", "kilos", "tonnes"],
        ["celsius", "fahrenheit", "°C", "°F", "C", "F", "degrees celsius", "degrees fahrenheit", "kelvin"],
        ["liters", "gallons", "cups", "ml", "litres", "pints", "tablespoons", "teaspoons", "l", "fluid ounces", "quarts", "cl"],
        ["mph", "km/h", "kph", "knots", "m/s"],
        ["hours", "minutes", "seconds", "days", "weeks", "years"],
        ["GB", "MB", "TB", "KB", "gigabytes", "megabytes", "bytes", "GiB", "MiB", "terabytes"],
        ["square meters", "acres", "hectares", "square feet", "m2", "sq ft"],
        ["kWh", "joules", "kcal", "calories", "kJ"],
        ["bar", "psi", "hPa", "atm"],
    ];

    /// <summary>A number in words, up to 999.</summary>
    public static string Spoken(int number) => number < 20 ? Small[number] : number < 100 ? Tens[number / 10] + (number % 10 == 0 ? "" : $"{(number % 2 == 0 ? " " : "-")}{Small[number % 10]}") : number % 100 == 0 ? $"{Small[number / 100]} hundred" : $"{Small[number / 100]} hundred and {Spoken(number % 100)}";

    /// <summary>A small count.</summary>
    public static SlotValue Count(Random random)
    {
        var count = random.Next(1, 21);
        return new(random.Next(3) == 0 ? Spoken(count) : $"{count}", new Dictionary<string, string> { ["arg"] = $"{count}" });
    }

    /// <summary>From 0 to 100: <c>arg</c> is the number alone.</summary>
    public static SlotValue Percent(Random random)
    {
        var count = random.Next(2) == 0 ? random.Next(1, 20) * 5 : random.Next(1, 101);
        var said = random.Next(8) switch { < 4 => $"{count}%", 4 => $"{count} percent", 5 => $"{Spoken(count)} percent", 6 => $"{count} %", _ => $"{count}" };
        return random.Next(14) == 0 ? Form("half", "50") : Form(said, $"{count}");
    }

    /// <summary>Something to work out: <c>arg</c> as <c>calc</c> takes it, <c>value</c> what it is.</summary>
    public static SlotValue Sum(Random random)
    {
        var most = random.Next(4) switch { 0 => 12, 1 => 100, 2 => 1000, _ => 100_000 };
        var (a, b) = (Written(random, most), Written(random, most));
        switch (random.Next(14))
        {
            case < 2: return Calculated(a, Made.Pick([" plus ", " + ", "+", " added to ", " and "], random) is var plus && plus == " and " ? " plus " : plus, b, "+", random, (x, y) => x + y);
            case < 4: return Calculated(a, Made.Pick([" minus ", " - ", "-", " less ", " take away "], random), b, "-", random, (x, y) => x - y);
            case < 7: return Calculated(a, Made.Pick([" times ", " * ", "*", " x ", " multiplied by ", " × ", "x", " by "], random), b, "*", random, (x, y) => x * y);
            case < 9: return b == "0" ? Sum(random) : Calculated(a, Made.Pick([" divided by ", " / ", "/", " over ", " ÷ ", " split by ", " : "], random), b, "/", random, (x, y) => x / y);
            case < 11:
                var percent = random.Next(1, 100);
                return new(Made.Pick([$"{percent}% of {a}", $"{percent} percent of {a}", $"{percent} % of {a}"], random), Both($"{percent}% of {a}", Result(percent / 100.0 * double.Parse(a, CultureInfo.InvariantCulture))));
            case 11:
                return new(Made.Pick([$"the square root of {a}", $"square root of {a}", $"sqrt {a}", $"sqrt({a})"], random), Both($"sqrt({a})", Result(Math.Sqrt(double.Parse(a, CultureInfo.InvariantCulture)))));
            case 12:
                var (x, y) = (random.Next(2, 30), random.Next(2, 5));
                return new(y == 2 ? $"{x} squared" : y == 3 ? $"{x} cubed" : Made.Pick([$"{x} to the power of {y}", $"{x}^{y}", $"{x} ^ {y}"], random), Both($"{x} ^ {y}", Result(Math.Pow(x, y))));
            default:
                var c = Written(random, most);
                var (p, q) = (Made.Pick(["+", "-", "*"], random), Made.Pick(["+", "-", "*"], random));
                return random.Next(2) == 0
                    ? new($"{a} {Word(p)} {b} {Word(q)} {c}", Both($"{a} {p} {b} {q} {c}", Result(Apply(random.Next(9), random.Next(9)))))
                    : new($"({a} {p} {b}) {q} {c}", Both($"({a} {p} {b}) {q} {c}", Result(Apply(random.Next(999), random.Next(99)))));
        }

        static string Word(string sign) => sign switch { "+" => "plus", "-" => "minus", _ => "times" };
        static double Apply(double x, double y) => x * y;
    }

    /// <summary>Two numbers that a story is told about: forms <c>a</c>, <c>b</c>, <c>arg</c> as <c>calc</c> takes it, and <c>value</c>.</summary>
    public static SlotValue Told(string sign, Random random)
    {
        var (a, b) = sign == "%" ? (random.Next(1, 100), random.Next(5, 2000)) : (random.Next(3, random.Next(2) == 0 ? 60 : 3000), random.Next(2, random.Next(2) == 0 ? 13 : 200));
        if (sign == "-" && a < b) (a, b) = (b, a);
        var value = sign switch { "/" => (double)a / b, "*" => a * b, "+" => a + b, "-" => a - b, _ => a * b / 100.0 };
        var forms = Both(sign == "%" ? $"{a}% of {b}" : $"{a} {sign} {b}", Result(value));
        (forms["a"], forms["b"]) = (random.Next(6) == 0 && a < 100 ? Spoken(a) : $"{a}", random.Next(6) == 0 && b < 100 ? Spoken(b) : $"{b}");
        return new($"{a} {b}", forms);
    }

    /// <summary>A measure and another unit: <c>arg</c> as <c>calc</c> takes it, <c>from</c> and <c>to</c> its parts, <c>value</c> what may come out.</summary>
    public static SlotValue Conversion(Random random)
    {
        var kind = Units[random.Next(3) > 0 ? random.Next(4) : random.Next(Units.Length)];
        var (from, to) = (Made.Pick(kind, random), Made.Pick(kind, random));
        if (from == to) return Conversion(random);
        var number = Written(random, random.Next(3) == 0 ? 5000 : 200);
        var gap = char.IsAsciiLetter(from[0]) && from.Length <= 2 && random.Next(3) == 0 ? "" : " ";
        var measure = $"{number}{gap}{from}";
        var forms = Both($"{measure} in {to}", $"{Result(random.NextDouble() * Math.Pow(10, random.Next(0, 5)))} {to}");
        (forms["from"], forms["to"]) = (measure, to);
        return new($"{measure} {Made.Pick(["in", "to", "into", "in"], random)} {to}", forms);
    }

    private static SlotValue Calculated(string a, string word, string b, string sign, Random random, Func<double, double, double> of)
    {
        var (x, y) = (double.Parse(a, CultureInfo.InvariantCulture), double.Parse(b, CultureInfo.InvariantCulture));
        var isSpoken = x is >= 0 and < 100 && y is >= 0 and < 100 && x == (int)x && y == (int)y && word.Length > 3 && random.Next(3) == 0;
        return new(isSpoken ? $"{Spoken((int)x)}{word}{Spoken((int)y)}" : $"{a}{word}{b}", Both($"{a} {sign} {b}", Result(of(x, y))));
    }

    private static string Written(Random random, int most) => random.Next(6) switch
    {
        0 => (random.Next(1, most * 10) / 10.0).ToString(CultureInfo.InvariantCulture),
        1 when random.Next(2) == 0 => (random.Next(1, most * 100) / 100.0).ToString(CultureInfo.InvariantCulture),
        _ => random.Next(1, most + 1).ToString(CultureInfo.InvariantCulture),
    };

    private static string Result(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Both(string arg, string value) => new() { ["arg"] = arg, ["value"] = value };

    private static SlotValue Form(string said, string arg) => new(said, new Dictionary<string, string> { ["arg"] = arg });
}
