using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>How long and how often, as people say it: <c>arg</c> as <c>cron</c> takes it, <c>long</c> as an answer says it.</summary>
internal static class Durations
{
    // What is no count and a unit: as it is said, what it is, and how it stands before a noun where that is another way.
    private static readonly SlotValue[] Words =
    [
        Of("half an hour", "30m", "30 minutes", "half hour"), Of("half an hour", "30m", "30 minutes", "half-hour"), Of("half an hour", "30m", "30 minutes", "half an hour"), Of("a half hour", "30m", "30 minutes", "half hour"), Of("half hour", "30m", "30 minutes", "30 minute"),
        Of("a half an hour", "30m", "30 minutes", "half hour"), Of("1/2 hour", "30m", "30 minutes", "1/2 hour"), Of("half a hour", "30m", "30 minutes", "half hour"), Of("0.5 hours", "30m", "30 minutes", "0.5 hour"),
        Of("a quarter of an hour", "15m", "15 minutes", "quarter hour"), Of("quarter of an hour", "15m", "15 minutes", "quarter-hour"), Of("quarter of an hour", "15m", "15 minutes", "quarter of an hour"), Of("three quarters of an hour", "45m", "45 minutes", "three quarters of an hour"), Of("a quarter hour", "15m", "15 minutes", "quarter hour"), Of("quarter hour", "15m", "15 minutes", "15 min"),
        Of("three quarters of an hour", "45m", "45 minutes", "three-quarter-hour"), Of("three quarter of an hour", "45m", "45 minutes", "45 minute"), Of("3/4 of an hour", "45m", "45 minutes", "45-minute"), Of("three-quarters of an hour", "45m", "45 minutes", "45 min"),
        Of("an hour and a half", "90m", "90 minutes", "hour and a half"), Of("one hour and a half", "90m", "90 minutes", "ninety minute"), Of("one and a half hours", "90m", "90 minutes", "1.5 hour"), Of("one and a half hour", "90m", "90 minutes", "one and a half hour"),
        Of("an hour and a quarter", "75m", "75 minutes", "75 minute"), Of("one and a quarter hours", "75m", "75 minutes", "1.25 hour"), Of("1.25 hours", "75m", "75 minutes", "75-minute"), Of("an hour and fifteen", "75m", "75 minutes", "75 min"),
        Of("an hour and three quarters", "105m", "105 minutes", "105 minute"), Of("one and three quarter hours", "105m", "105 minutes", "1.75 hour"), Of("1.75 hours", "105m", "105 minutes", "105-minute"),
        Of("two and a quarter hours", "135m", "135 minutes", "2.25 hour"), Of("two hours and a quarter", "135m", "135 minutes", "135 minute"), Of("two hours and a half", "150m", "150 minutes", "two and a half hour"), Of("three hours and a half", "210m", "210 minutes", "3.5 hour"),
        Of("half a minute", "30s", "30 seconds", "half-minute"), Of("half a minute", "30s", "30 seconds", "half a minute"), Of("half a min", "30s", "30 seconds", "half minute"), Of("a half minute", "30s", "30 seconds", "half minute"), Of("a quarter of a minute", "15s", "15 seconds", "15 second"), Of("three quarters of a minute", "45s", "45 seconds", "45 second"),
        Of("a minute and a half", "90s", "90 seconds", "minute and a half"), Of("one minute and a half", "90s", "90 seconds", "ninety-second"), Of("a minute thirty", "90s", "90 seconds", "90 second"), Of("one minute thirty", "90s", "90 seconds", "90-second"), Of("a minute and a quarter", "75s", "75 seconds", "75 second"),
        Of("an hour thirty", "90m", "90 minutes", "hour thirty"), Of("one hour thirty", "90m", "90 minutes", "90 minute"), Of("an hour twenty", "80m", "80 minutes", "80 minute"), Of("one hour twenty", "80m", "80 minutes", "80-minute"), Of("an hour ten", "70m", "70 minutes", "70 minute"), Of("an hour and ten", "70m", "70 minutes", "70-minute"),
        Of("two hours twenty", "140m", "140 minutes", "140 minute"), Of("two hours ten", "130m", "130 minutes", "130 minute"), Of("two hours fifteen", "135m", "135 minutes", "135 minute"), Of("one hour forty five", "105m", "105 minutes", "105 minute"), Of("an hour forty", "100m", "100 minutes", "100 minute"),
        Of("a couple of minutes", "2m", "2 minutes", "two minute"), Of("a couple minutes", "2m", "2 minutes", "two-minute"), Of("couple of minutes", "2m", "2 minutes", "2 min"), Of("a couple of hours", "2h", "2 hours", "two hour"), Of("a couple hours", "2h", "2 hours", "two-hour"),
        Of("a couple of seconds", "2s", "2 seconds", "two second"), Of("a couple of days", "2d", "2 days", "two day"), Of("a couple days", "2d", "2 days", "two-day"), Of("a couple of weeks", "14d", "14 days", "two week"), Of("a dozen minutes", "12m", "12 minutes", "12 minute"), Of("a dozen hours", "12h", "12 hours", "12 hour"),
        Of("half a day", "12h", "12 hours", "half-day"), Of("a day and a half", "36h", "36 hours", "36 hour"), Of("one and a half days", "36h", "36 hours", "36-hour"), Of("two and a half days", "60h", "60 hours", "60 hour"), Of("1.5 days", "36h", "36 hours", "36 hour"),
        Of("a week", "7d", "7 days", "one week"), Of("one week", "7d", "7 days", "one-week"), Of("1 week", "7d", "7 days", "1 week"), Of("two weeks", "14d", "14 days", "two week"), Of("2 weeks", "14d", "14 days", "2 week"), Of("three weeks", "21d", "21 days", "three week"), Of("3 weeks", "21d", "21 days", "3 week"),
        Of("four weeks", "28d", "28 days", "four week"), Of("4 weeks", "28d", "28 days", "4 week"), Of("six weeks", "42d", "42 days", "six week"), Of("a fortnight", "14d", "14 days", "two-week"), Of("5 weeks", "35d", "35 days", "5 week"), Of("8 weeks", "56d", "56 days", "8 week"), Of("a week and a half", "252h", "252 hours", "252 hour"),
        Of("an hour", "1h", "1 hour", "one hour"), Of("an hour", "1h", "1 hour", "one-hour"), Of("1 hr", "1h", "1 hour", "1 hr"), Of("one hr", "1h", "1 hour", "one hr"), Of("a minute", "1m", "1 minute", "one minute"), Of("one min", "1m", "1 minute", "one-minute"), Of("a day", "1d", "1 day", "one-day"), Of("24 hours", "24h", "24 hours", "24 hour"),
        Of("a hundred minutes", "100m", "100 minutes", "hundred minute"), Of("a hundred seconds", "100s", "100 seconds", "hundred second"), Of("a hundred and twenty minutes", "120m", "120 minutes", "120 minute"), Of("one hundred minutes", "100m", "100 minutes", "100 minute"),
    ];

    private static readonly SlotValue[] Often =
    [
        Every("every hour", "1h", "hour"), Every("each hour", "1h", "hour"), Every("hourly", "1h", "hour"), Every("once an hour", "1h", "hour"), Every("once every hour", "1h", "hour"), Every("every single hour", "1h", "hour"), Every("on the hour", "1h", "hour"), Every("every minute", "1m", "minute"), Every("once a minute", "1m", "minute"), Every("each minute", "1m", "minute"),
        Every("every half hour", "30m", "30 minutes"), Every("every half an hour", "30m", "30 minutes"), Every("each half hour", "30m", "30 minutes"), Every("twice an hour", "30m", "30 minutes"), Every("two times an hour", "30m", "30 minutes"), Every("half-hourly", "30m", "30 minutes"), Every("three times an hour", "20m", "20 minutes"), Every("four times an hour", "15m", "15 minutes"), Every("every quarter of an hour", "15m", "15 minutes"), Every("every quarter hour", "15m", "15 minutes"),
        Every("every second hour", "2h", "2 hours"), Every("every other hour", "2h", "2 hours"), Every("each other hour", "2h", "2 hours"), Every("every couple of hours", "2h", "2 hours"), Every("bi-hourly", "2h", "2 hours"), Every("every third hour", "3h", "3 hours"), Every("every fourth hour", "4h", "4 hours"), Every("every other minute", "2m", "2 minutes"), Every("every couple of minutes", "2m", "2 minutes"), Every("every fifth minute", "5m", "5 minutes"), Every("every hour and a half", "90m", "90 minutes"),
        Every("every other day", "2d", "2 days"), Every("every second day", "2d", "2 days"), Every("each second day", "2d", "2 days"), Every("every third day", "3d", "3 days"), Every("every couple of days", "2d", "2 days"), Every("once a week", "7d", "7 days"), Every("every week", "7d", "7 days"), Every("each week", "7d", "7 days"), Every("weekly", "7d", "7 days"), Every("every other week", "14d", "14 days"), Every("every second week", "14d", "14 days"), Every("every two weeks", "14d", "14 days"), Every("every fortnight", "14d", "14 days"), Every("biweekly", "14d", "14 days"), Every("twice a day", "12h", "12 hours"),
    ];

    /// <summary>How long: <c>arg</c> is 5m, <c>long</c> 5 minutes, <c>before</c> how it is said before a noun.</summary>
    public static SlotValue Duration(Random random)
    {
        switch (random.Next(100))
        {
            case < 20: return Compound(random);
            case < 34: return Halves(random);
            case < 44: return Made.Pick(Words, random);
            case < 46: return Weeks(random);
            case < 49: return Hundreds(random);
        }
        var (unit, letter, most) = random.Next(20) switch { < 11 => ("minute", 'm', 90), < 15 => ("hour", 'h', 24), < 18 => ("second", 's', 90), _ => ("day", 'd', 30) };
        var count = random.Next(3) == 0 ? Made.Pick([5, 10, 15, 20, 30, 45, 60, 90, 1, 2, 3], random) : random.Next(1, most + 1);
        if (random.Next(25) == 0) count = random.Next(91, 301);
        var plural = count == 1 ? unit : unit + "s";
        var said = random.Next(10) switch
        {
            // Nobody says so many in words.
            < 7 when count > 100 => $"{count} {plural}",
            < 4 => $"{count} {plural}",
            < 7 => $"{(count == 1 && random.Next(2) == 0 ? unit == "hour" ? "an" : "a" : Numbers.Spoken(count, random))} {plural}",
            7 => $"{count} {Short(unit, count, random)}",
            8 when letter != 'd' => $"{count}{(random.Next(2) == 0 ? $"{letter}" : letter == 'm' ? "min" : letter == 's' ? "sec" : random.Next(3) == 0 ? "hr" : "h")}",
            _ => random.Next(8) switch { 0 => $"{Numbers.Spoken(count, random)} {Short(unit, count, random)}", 1 => $"{count} {unit}", _ => $"{count} {plural}" },
        };
        // "a 5 minute timer", "a five-minute timer".
        var before = $"{(random.Next(3) == 0 ? Numbers.Spoken(count, random) : $"{count}")}{(random.Next(3) == 0 ? '-' : ' ')}{(random.Next(5) == 0 ? Short(unit, 1, random) : unit)}";
        return Of(said, $"{count}{letter}", $"{count} {plural}", before);
    }

    /// <summary>How often: <c>arg</c> is every 2h.</summary>
    public static SlotValue Interval(Random random)
    {
        if (random.Next(4) == 0) return Made.Pick(Often, random);
        var length = Duration(random);
        // Nobody says "every a minute and a half".
        if (length.Said.Split(' ')[0] is "a" or "an" or "couple") return Interval(random);
        var word = random.Next(12) switch { 0 => "each", 1 => "once every", _ => "every" };
        return new($"{word} {length.Said}", new Dictionary<string, string> { ["arg"] = $"every {length.In("arg")}", ["long"] = $"every {length.In("long")}" });
    }

    private static string Short(string unit, int count, Random random) => unit switch
    {
        "minute" => random.Next(2) == 0 || count == 1 ? "min" : "mins",
        "hour" => random.Next(2) == 0 || count == 1 ? "hr" : "hrs",
        "second" => random.Next(2) == 0 || count == 1 ? "sec" : "secs",
        _ => count == 1 ? unit : unit + "s",
    };

    // "Six and a half minutes", "two hours and a quarter": told as so many of the unit below.
    private static SlotValue Halves(Random random)
    {
        var (large, small, letter, most) = random.Next(2) == 0 ? ("minute", "second", 's', 21) : ("hour", "minute", 'm', 9);
        // Most of them are short.
        var (many, part) = (random.Next(1, random.Next(2) == 0 ? 6 : most), random.Next(3) == 0 ? Made.Pick([15, 45], random) : 30);
        var (one, number) = (large == "hour" ? "an" : "a", random.Next(3) == 0 ? $"{many}" : Numbers.Spoken(many));
        var plural = many == 1 ? large : large + "s";
        var said = part switch
        {
            15 => random.Next(4) switch { 0 when many == 1 => $"{one} {large} and a quarter", 1 => $"{many}.25 {large}s", 2 => $"{number} {plural} and a quarter", _ => $"{number} and a quarter {large}s" },
            45 => random.Next(4) switch { 0 when many == 1 => $"{one} {large} and three quarters", 1 => $"{many}.75 {large}s", 2 => $"{number} {plural} and three quarters", _ => $"{number} and three quarter {large}s" },
            _ => random.Next(8) switch
            {
                0 => $"{many}.5 {large}s",
                1 => $"{many} and a half {large}s",
                2 when many == 1 => $"{one} {large} and a half",
                3 => $"{many} 1/2 {large}s",
                4 => $"{many}.5 {(large == "hour" ? "hrs" : "mins")}",
                5 => $"{number} {plural} and a half",
                6 when large == "hour" => $"{many}.5h",
                _ => $"{Numbers.Spoken(many)} and a half {large}s",
            },
        };
        return Of(said, $"{many * 60 + part}{letter}", $"{many * 60 + part} {small}s", random.Next(2) == 0 ? $"{many}.{(part == 15 ? "25" : part == 45 ? "75" : "5")} {large}" : part == 30 ? $"{number} and a half {large}" : $"{many * 60 + part} {small}");
    }

    // "Two hundred seconds", "a hundred and fifty minutes".
    private static SlotValue Hundreds(Random random)
    {
        var (unit, letter) = random.Next(2) == 0 ? ("second", 's') : ("minute", 'm');
        var count = random.Next(10, 31) * 10;
        var said = Numbers.Spoken(count);
        return Of($"{(random.Next(3) == 0 ? $"{count}" : count < 200 && random.Next(2) == 0 ? said.Replace("one", "a", StringComparison.Ordinal) : said)} {unit}s", $"{count}{letter}", $"{count} {unit}s", $"{(random.Next(2) == 0 ? $"{count}" : said)} {unit}");
    }

    // Told as so many days.
    private static SlotValue Weeks(Random random)
    {
        var count = random.Next(2, 13);
        return Of($"{(random.Next(2) == 0 ? $"{count}" : Numbers.Spoken(count))} weeks", $"{count * 7}d", $"{count * 7} days", $"{count} week");
    }

    // Two units, told as so many of the smaller one.
    private static SlotValue Compound(Random random)
    {
        var (large, small, letters, most) = random.Next(2) == 0 ? ("minute", "second", "ms", 13) : ("hour", "minute", "hm", 7);
        var (many, few) = (random.Next(2) == 0 ? random.Next(1, 4) : random.Next(1, most), random.Next(4) > 0 ? random.Next(1, 12) * 5 : random.Next(1, 60));
        var (and, s, isHour) = (random.Next(2) == 0 ? " and" : "", few == 1 ? "" : "s", letters[0] == 'h');
        var plural = many == 1 ? large : large + "s";
        var said = random.Next(13) switch
        {
            8 when many == 1 => $"{(isHour ? "an" : "a")} {large} and {few} {small}{s}",
            9 => $"{many}{(isHour ? "h" : "m")} and {few}{(isHour ? random.Next(2) == 0 ? "m" : "min" : random.Next(2) == 0 ? "s" : "sec")}",
            0 or 1 => $"{(many == 1 ? isHour ? "an" : "a" : Numbers.Spoken(many))} {plural}{and} {Numbers.Spoken(few, random)} {small}{s}",
            2 => $"{many}{letters[0]} {few}{letters[1]}",
            3 => $"{many}{(isHour ? "h" : " min")} {few} {(isHour ? "min" : "sec")}",
            4 => $"{many}{letters[0]}{few}{(isHour && random.Next(3) > 0 ? "" : $"{letters[1]}")}",
            5 => $"{many} {Short(large, many, random)}{and} {few} {Short(small, few, random)}",
            6 when few >= 10 || (isHour && and.Length > 0) => $"{(many == 1 && random.Next(2) == 0 ? isHour ? "an" : "a" : Numbers.Spoken(many))} {plural}{and} {Numbers.Spoken(few, random)}",
            7 when few >= 10 => $"{many} {plural} {few}",
            _ => $"{many} {plural}{(random.Next(6) == 0 ? "," : and)} {few} {small}{s}",
        };
        return Of(said, $"{many * 60 + few}{letters[1]}", $"{many * 60 + few} {small}s", random.Next(2) == 0 ? $"{many} {large} {few} {small}" : $"{many * 60 + few} {small}");
    }

    private static SlotValue Every(string said, string length, string longer) => new(said, new Dictionary<string, string> { ["arg"] = $"every {length}", ["long"] = $"every {longer}" });

    private static SlotValue Of(string said, string arg, string longer, string before) => new(said, new Dictionary<string, string> { ["arg"] = arg, ["long"] = longer, ["before"] = before });
}
