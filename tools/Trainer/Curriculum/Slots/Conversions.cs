using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Measures and other units, as people name them and <c>calc</c> reads them.</summary>
internal static class Conversions
{
    // Each of a kind may become another of it; what comes first of many is said most.
    private static readonly string[][] Kinds =
    [
        ["km", "miles", "kilometers", "meters", "feet", "m", "cm", "inches", "mm", "yards", "ft", "mi", "centimeters", "kilometres", "metres", "foot", "millimeters", "inch", "mile", "meter", "yd", "centimetres", "nautical miles", "yard", "centimeter", "kilometer"],
        ["kg", "pounds", "grams", "ounces", "stone", "lbs", "kilograms", "oz", "g", "lb", "kilos", "tonnes", "milligrams", "mg", "tons", "pound", "ounce", "gram", "kilogram", "kilo"],
        ["celsius", "fahrenheit", "°C", "°F", "C", "F", "degrees celsius", "degrees fahrenheit", "kelvin", "K", "degrees C", "degrees F", "Celsius", "Fahrenheit"],
        ["liters", "gallons", "cups", "ml", "litres", "pints", "tablespoons", "teaspoons", "l", "fluid ounces", "quarts", "cl", "tbsp", "tsp", "cup", "liter", "milliliters", "gallon", "dl", "fl oz", "millilitres", "cubic meters", "teaspoon", "tablespoon", "pint", "barrels"],
        ["mph", "km/h", "kph", "knots", "m/s", "kmh", "miles per hour", "kilometers per hour", "meters per second", "ft/s"],
        ["hours", "minutes", "seconds", "days", "weeks", "years", "hour", "day", "week", "year", "minute"],
        ["GB", "MB", "TB", "KB", "gigabytes", "megabytes", "bytes", "GiB", "MiB", "terabytes", "kilobytes", "bits", "Mbit", "kB"],
        ["square meters", "acres", "hectares", "square feet", "m2", "sq ft", "km2", "square miles", "square kilometers", "ha", "acre", "hectare", "m²", "sqm", "ft2"],
        ["kWh", "joules", "kcal", "calories", "kJ", "J", "Wh", "MJ", "BTU", "kilojoules"],
        ["bar", "psi", "hPa", "atm", "Pa", "kPa", "mmHg", "mbar"],
        ["horsepower", "kilowatts", "kW", "watts", "hp", "W", "PS", "MW"],
    ];

    // What is asked most of all.
    private static readonly (string From, string To)[] Usual =
    [
        ("stone", "kg"), ("stone", "kilos"), ("kg", "stone"), ("stone", "pounds"), ("pounds", "stone"), ("pounds", "kg"), ("kg", "pounds"), ("ounces", "grams"), ("grams", "ounces"), ("ounces", "pounds"), ("lbs", "kg"),
        ("celsius", "fahrenheit"), ("fahrenheit", "celsius"), ("degrees celsius", "fahrenheit"), ("degrees fahrenheit", "celsius"), ("celsius", "fahrenheit"), ("fahrenheit", "celsius"), ("°C", "°F"), ("°F", "°C"),
        ("miles", "km"), ("km", "miles"), ("miles", "kilometres"), ("kilometers", "miles"), ("inches", "cm"), ("cm", "inches"), ("feet", "metres"), ("metres", "feet"), ("meters", "feet"), ("yards", "metres"), ("nautical miles", "km"),
        ("pints", "litres"), ("litres", "pints"), ("gallons", "litres"), ("litres", "gallons"), ("cups", "ml"), ("tablespoons", "ml"), ("teaspoons", "ml"), ("fluid ounces", "ml"), ("ml", "cups"),
        ("acres", "hectares"), ("hectares", "acres"), ("square feet", "square meters"), ("mph", "km/h"), ("km/h", "mph"), ("knots", "mph"), ("knots", "km/h"), ("hours", "minutes"), ("minutes", "hours"), ("days", "hours"), ("weeks", "days"), ("GB", "MB"), ("psi", "bar"),
    ];

    // What is said of one.
    private static readonly string[] Ones = ["inch", "mile", "meter", "yard", "centimeter", "kilometer", "pound", "ounce", "gram", "kilogram", "kilo", "cup", "liter", "gallon", "teaspoon", "tablespoon", "pint", "hour", "day", "week", "year", "minute", "acre", "hectare", "foot"];

    /// <summary>A measure and another unit: <c>arg</c> as <c>calc</c> takes it, <c>from</c> and <c>to</c> its parts, <c>value</c> what <c>calc</c> makes of it.</summary>
    public static SlotValue Conversion(Random random)
    {
        var kind = Kinds[random.Next(3) > 0 ? random.Next(4) : random.Next(Kinds.Length)];
        var (from, to) = (random.Next(8) == 0 && kind.Where(unit => Ones.Contains(unit)).ToArray() is { Length: > 0 } ones ? Made.Pick(ones, random) : Unit(kind, random), Unit(kind, random));
        if (random.Next(3) == 0) (from, to) = Made.Pick(Usual, random);
        if (from == to) return Conversion(random);
        var isOne = Ones.Contains(from);
        // One of many names only one; of a few it is named "5 foot".
        var (said, number) = isOne && from != "foot" ? One(from, random) : Many(from, random);
        var gap = char.IsAsciiLetter(from[0]) && from.Length <= 3 && char.IsAsciiDigit(said[^1]) && random.Next(3) == 0 ? "" : " ";
        var (measure, written) = ($"{said}{gap}{from}", $"{number}{gap}{from}");
        // Two units of one measure, as people tell their height and weight.
        if (random.Next(20) == 0) measure = written = Made.Pick([$"{random.Next(4, 7)} feet {random.Next(1, 12)} inches", $"{random.Next(4, 7)} ft {random.Next(1, 12)} in", $"{random.Next(1, 20)} lb {random.Next(1, 16)} oz", $"{random.Next(1, 9)} hours {random.Next(1, 60)} minutes"], random);
        if (measure == written && measure.Split(' ') is [_, var large, _, _]) to = large switch { "feet" or "ft" => Made.Pick(["cm", "meters", "m", "centimeters"], random), "lb" => Made.Pick(["kg", "grams", "g", "kilograms"], random), "hours" => Made.Pick(["minutes", "seconds"], random), _ => to };
        if (measure == written && measure.Split(' ') is [_, ("feet" or "ft" or "lb" or "hours") and var first, _, _]) from = first;
        var arg = $"{written} in {to}";
        return new($"{measure} {Made.Pick(["in", "to", "into", "in"], random)} {to}", new Dictionary<string, string> { ["arg"] = arg, ["value"] = Sums.Value(arg), ["from"] = measure, ["to"] = to, ["unit"] = from, ["written"] = written });
    }

    /// <summary>As much else of the same unit in the same other one: <c>arg</c>, <c>value</c>, <c>from</c> and <c>number</c>.</summary>
    public static SlotValue Another(SlotValue before, Random random)
    {
        var unit = before.In("unit") switch { "foot" => "feet", "inch" => "inches", var one => Ones.Contains(one) ? $"{one}s" : one };
        var number = $"{(random.Next(4) > 0 ? random.Next(2, 100) : random.Next(1, 20) * 50)}";
        var arg = $"{number} {unit} in {before.In("to")}";
        var said = unit.Length > 2 && random.Next(4) == 0 ? Numbers.Spoken(int.Parse(number, CultureInfo.InvariantCulture), random) : number;
        return new($"{said} {unit}", new Dictionary<string, string> { ["arg"] = arg, ["value"] = Sums.Value(arg), ["from"] = $"{said} {unit}", ["number"] = number });
    }

    /// <summary>The same measure in a third unit: <c>arg</c> and <c>value</c>.</summary>
    public static SlotValue Into(SlotValue before, Random random)
    {
        var kind = Kinds.First(kind => kind.Contains(before.In("unit")) || kind.Contains(before.In("to")));
        var to = Made.Pick([.. kind.Where(unit => unit != before.In("unit") && unit != before.In("to") && !Ones.Contains(unit))], random);
        var arg = $"{before.In("written")} in {to}";
        return new(to, new Dictionary<string, string> { ["arg"] = arg, ["value"] = Sums.Value(arg) });
    }

    private static string Unit(string[] kind, Random random) => kind[random.Next(2) == 0 ? random.Next(Math.Min(8, kind.Length)) : random.Next(kind.Length)];

    private static (string Said, string Written) One(string unit, Random random) => random.Next(7) switch
    {
        < 2 => (unit == "hour" ? "an" : "aeiou".Contains(unit[0]) ? "an" : "a", "1"),
        2 => ("one", "1"),
        3 or 4 => (unit == "hour" ? "half an" : "aeiou".Contains(unit[0]) ? "half an" : "half a", "0.5"),
        _ => ("1", "1"),
    };

    private static (string Said, string Written) Many(string unit, Random random)
    {
        if (random.Next(6) == 0)
        {
            var whole = random.Next(3) == 0 ? random.Next(1, 10) * 100 : random.Next(2, 100);
            return unit.Length > 2 && random.Next(4) > 0 ? (Numbers.Spoken(whole), $"{whole}") : ($"{whole}", $"{whole}");
        }
        if (random.Next(25) == 0 && unit.Length > 3) return random.Next(2) == 0 && random.Next(2, 9) is var n ? ($"{Numbers.Spoken(n)} and a half", $"{n}.5") : ("one and a half", "1.5");
        var number = Numbers.Written(random, random.Next(3) == 0 ? 5000 : 200);
        if (random.Next(20) == 0 && unit.Contains('C', StringComparison.OrdinalIgnoreCase) && unit.Length < 9) number = $"-{random.Next(1, 40)}";
        return (number, number);
    }
}
