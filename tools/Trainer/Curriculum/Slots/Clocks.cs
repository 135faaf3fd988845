using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Times of day as people say them: <c>arg</c> is 19:00, <c>daily</c> 0 19 * * *.</summary>
internal static class Clocks
{
    /// <summary>A time of day that stands alone.</summary>
    public static SlotValue Clock(Random random)
    {
        var (hour, minute) = random.Next(25) == 0 ? (random.Next(3) == 0 ? 0 : 12, random.Next(3) == 0 ? 30 : 0) : (random.Next(2) == 0 ? random.Next(5, 23) : random.Next(24), Minute(random));
        return Of(Said(hour, minute, random), hour, minute);
    }

    /// <summary>A time of day without the word for its half: another word says that.</summary>
    /// <param name="from">The first hour.</param>
    /// <param name="to">The hour after the last.</param>
    /// <param name="random">The random numbers.</param>
    public static SlotValue Bare(int from, int to, Random random)
    {
        var (hour, minute) = (random.Next(from, to), Minute(random));
        return Of(random.Next(6) == 0 ? Said(hour, minute, random, isSelf: false) : Twelve(hour, minute, random), hour, minute);
    }

    /// <summary>A time of day that is told by the hour beside it: mostly before the one that is said ("ten to eight in the evening").</summary>
    public static SlotValue Beside(Random random)
    {
        var hour = random.Next(5, 23);
        var minute = random.Next(10) switch { < 7 => Made.Pick([35, 40, 45, 45, 50, 50, 55, 55], random), < 9 => Made.Pick([5, 10, 15, 20, 25], random), _ => 0 };
        return Of($"{Told(hour, minute, random)} {(random.Next(4) == 0 ? Half(hour, random) : Part(hour, random))}", hour, minute);
    }

    private static SlotValue Of(string said, int hour, int minute) => new(said, new Dictionary<string, string> { ["arg"] = $"{hour:00}:{minute:00}", ["long"] = $"{hour:00}:{minute:00}", ["daily"] = $"{minute} {hour} * * *" });

    // Those before the hour come more often than those after it: there the hour is another than the one that is said.
    private static int Minute(Random random) => random.Next(50) switch { < 13 => 0, < 18 => 30, < 26 => Made.Pick([15, 45, 45], random), < 45 => Made.Pick([5, 10, 20, 25, 35, 35, 40, 40, 50, 50, 55, 55], random), _ => random.Next(60) };

    private static string Said(int hour, int minute, Random random, bool isSelf = true)
    {
        if (isSelf && random.Next(3) == 0)
        {
            if (minute == 0 && hour is 0 or 12) return hour == 0 ? "midnight" : Made.Pick(["noon", "noon", "midday", "12 noon"], random);
            if (hour is 23 or 11 && minute is 45 or 50 or 55 or 40) return $"{(minute == 45 ? Made.Pick(["quarter", "a quarter"], random) : Count(60 - minute, random))} to {(hour == 23 ? "midnight" : "noon")}";
            if (hour is 0 or 12 && minute is 30 or 15 or 10 or 20 or 5) return $"{(minute == 30 ? "half" : minute == 15 ? "quarter" : Count(minute, random))} past {(hour == 0 ? "midnight" : "noon")}";
        }
        return random.Next(29) switch
        {
            // Without a word of which half of the day, it is the morning that is meant.
            < 3 when hour is >= 5 and <= 12 => Twelve(hour, minute, random),
            < 6 when hour > 9 => $"{hour}:{minute:00}",
            < 5 when hour > 0 => $"{hour:00}:{minute:00}",
            6 when hour > 12 => $"{hour}.{minute:00}",
            7 when hour > 9 => $"{hour:00}{minute:00}{(random.Next(4) == 0 ? " hours" : "")}",
            7 when hour > 0 => $"{hour:00}:{minute:00}",
            8 when hour is > 0 and < 10 => random.Next(2) == 0 ? $"{hour:00}{minute:00}" : $"{hour:00}:{minute:00}",
            8 when hour > 12 => random.Next(2) == 0 ? $"{hour}h{minute:00}" : minute == 0 ? $"{hour} o'clock" : minute >= 10 ? $"{Numbers.Spoken(hour)} {Numbers.Spoken(minute)}" : $"{hour}:{minute:00}h",
            < 13 => $"{Digits(hour, minute, random)}{(random.Next(3) == 0 ? "" : " ")}{Half(hour, random)}",
            14 or 15 => $"{Words(hour, minute, random)} {Half(hour, random)}",
            16 when minute == 0 => $"{Words(hour, 0, random)} {Part(hour, random)}",
            16 => $"{Twelve(hour, minute, random)} {Half(hour, random)}",
            // "930pm", "6.50 in the morning".
            17 or 18 when minute > 0 => $"{(hour % 12 == 0 ? 12 : hour % 12)}{minute:00}{(random.Next(4) == 0 ? " " : "")}{Half(hour, random)}",
            19 when minute > 0 => $"{(hour % 12 == 0 ? 12 : hour % 12)}{(random.Next(3) == 0 ? ':' : '.')}{minute:00} {Part(hour, random)}",
            _ => $"{Twelve(hour, minute, random)} {Part(hour, random)}",
        };
    }

    // By the hour before or after it.
    private static string Told(int hour, int minute, Random random)
    {
        var (now, next) = (Named(hour % 12 == 0 ? 12 : hour % 12, random), Named(hour % 12 + 1, random));
        return minute switch
        {
            0 => now,
            15 => $"{Made.Pick(["quarter", "a quarter"], random)} past {now}",
            45 => $"{Made.Pick(["quarter", "a quarter"], random)} to {next}",
            < 30 => $"{Count(minute, random)} past {now}",
            _ => $"{Count(60 - minute, random)}{(random.Next(6) == 0 ? " minutes" : "")} to {next}",
        };
    }

    // Of twelve hours, without their half.
    private static string Twelve(int hour, int minute, Random random)
    {
        var (now, next) = (Named(hour % 12 == 0 ? 12 : hour % 12, random), Named(hour % 12 + 1, random));
        return minute switch
        {
            0 => random.Next(6) switch { 0 => $"{now} o'clock", 1 => $"{now} oclock", 2 => Digits(hour, 0, random), _ => now },
            30 when random.Next(3) > 0 => $"half past {now}",
            15 when random.Next(3) > 0 => $"{Made.Pick(["quarter past", "a quarter past", "quarter after"], random)} {now}",
            45 when random.Next(3) > 0 => $"{Made.Pick(["quarter to", "quarter to", "a quarter to", "a quarter to", "quarter till", "quarter of"], random)} {next}",
            5 or 10 or 20 or 25 when random.Next(4) > 0 => $"{Count(minute, random)} {Made.Pick(["past", "past", "past", "after"], random)} {now}",
            35 or 40 or 50 or 55 when random.Next(4) > 0 => $"{Count(60 - minute, random)} {Made.Pick(["to", "to", "to", "till", "before"], random)} {next}",
            > 0 and < 30 when random.Next(8) == 0 => $"{Count(minute, random)} minute{(minute == 1 ? "" : "s")} past {now}",
            > 30 when random.Next(8) == 0 => $"{Count(60 - minute, random)} minute{(minute == 59 ? "" : "s")} to {next}",
            _ when random.Next(4) == 0 => Words(hour, minute, random),
            _ => Digits(hour, minute, random),
        };
    }

    private static string Digits(int hour, int minute, Random random)
    {
        var twelve = hour % 12 == 0 ? 12 : hour % 12;
        return minute == 0 && random.Next(4) > 0 ? $"{twelve}" : $"{twelve}{(random.Next(4) == 0 ? '.' : ':')}{minute:00}";
    }

    private static string Words(int hour, int minute, Random random)
    {
        var twelve = Numbers.Spoken(hour % 12 == 0 ? 12 : hour % 12);
        return minute == 0 ? twelve : minute < 10 ? $"{twelve} oh {Numbers.Spoken(minute)}" : minute % 10 == 0 && random.Next(4) == 0 ? $"{twelve}-{Numbers.Spoken(minute)}" : $"{twelve} {Numbers.Spoken(minute, random)}";
    }

    private static string Named(int hour, Random random) => random.Next(3) == 0 ? $"{hour}" : Numbers.Spoken(hour);

    private static string Count(int minutes, Random random) => random.Next(3) == 0 ? $"{minutes}" : Numbers.Spoken(minutes, random);

    private static string Half(int hour, Random random) => Made.Pick<string>(hour < 12 ? ["am", "am", "am", "a.m.", "a.m.", "AM"] : ["pm", "pm", "pm", "p.m.", "p.m.", "PM"], random);

    // Each hour of twelve is in one half only, whichever of its words is taken: 8 to 11 "at night" are before midnight, 12 to 4 after it.
    private static string Part(int hour, Random random) => hour switch
    {
        0 => "at night",
        < 5 => random.Next(3) == 0 ? "at night" : "in the morning",
        < 12 => "in the morning",
        < 17 => "in the afternoon",
        17 => random.Next(3) > 0 ? "in the afternoon" : "in the evening",
        < 20 => "in the evening",
        _ => random.Next(2) == 0 ? "at night" : "in the evening",
    };
}
