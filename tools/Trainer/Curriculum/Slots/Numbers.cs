using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Numbers as people say them.</summary>
internal static class Numbers
{
    private static readonly string[] Small = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>A number in words, below a million.</summary>
    public static string Spoken(int number) => Spoken(number, number % 2 == 0 ? ' ' : '-');

    /// <summary>The same, with or without a hyphen where two words are one number.</summary>
    public static string Spoken(int number, Random random) => Spoken(number, random.Next(3) > 0 ? '-' : ' ');

    /// <summary>A small count.</summary>
    public static SlotValue Count(Random random)
    {
        var count = random.Next(1, 21);
        return new(random.Next(3) == 0 ? Spoken(count) : $"{count}", new Dictionary<string, string> { ["arg"] = $"{count}" });
    }

    /// <summary>From 0 to 100: <c>arg</c> is the number alone.</summary>
    public static SlotValue Percent(Random random)
    {
        if (random.Next(10) == 0) return Made.Pick<SlotValue>([Form("half", "50"), Form("half", "50"), Form("a half", "50"), Form("one half", "50"), Form("a quarter", "25"), Form("one quarter", "25"), Form("three quarters", "75"), Form("a tenth", "10"), Form("a hundred percent", "100"), Form("one hundred percent", "100"), Form("100%", "100"), Form("half power", "50"), Form("1 percent", "1")], random);
        var count = random.Next(2) == 0 ? random.Next(1, 20) * 5 : random.Next(1, 101);
        return Form(random.Next(9) switch { < 4 => $"{count}%", 4 or 5 => $"{count} percent", 6 => $"{Spoken(count)} percent", 7 => $"{count} %", _ => $"{count}" }, $"{count}");
    }

    /// <summary>A number as somebody writes it: whole or not, now and then with its thousands apart.</summary>
    public static string Written(Random random, int most) => random.Next(12) switch
    {
        0 or 1 => (random.Next(1, most * 10) / 10.0).ToString(CultureInfo.InvariantCulture),
        2 => (random.Next(1, most * 100) / 100.0).ToString(CultureInfo.InvariantCulture),
        3 when most > 1000 => random.Next(1000, most * 10).ToString("N0", CultureInfo.InvariantCulture),
        _ => random.Next(1, most + 1).ToString(CultureInfo.InvariantCulture),
    };

    private static string Spoken(int number, char between) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[number / 10] + (number % 10 == 0 ? "" : $"{between}{Small[number % 10]}"),
        < 1000 => $"{Small[number / 100]} hundred{(number % 100 == 0 ? "" : $" and {Spoken(number % 100, between)}")}",
        _ => $"{Spoken(number / 1000, between)} thousand{(number % 1000 == 0 ? "" : number % 1000 < 100 ? $" and {Spoken(number % 1000, between)}" : $" {Spoken(number % 1000, between)}")}",
    };

    private static SlotValue Form(string said, string arg) => new(said, new Dictionary<string, string> { ["arg"] = arg });
}
