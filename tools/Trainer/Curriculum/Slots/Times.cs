using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Times as people say them, and as <c>cron</c> takes them.</summary>
internal static class Times
{
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <summary>How long: <c>arg</c> is 5m, <c>long</c> 5 minutes, <c>before</c> how it is said before a noun.</summary>
    public static SlotValue Duration(Random random)
    {
        var (unit, letter, most) = random.Next(20) switch { < 11 => ("minute", 'm', 90), < 15 => ("hour", 'h', 24), < 18 => ("second", 's', 90), _ => ("day", 'd', 30) };
        var count = random.Next(3) == 0 ? Made.Pick([5, 10, 15, 20, 30, 45, 1, 2, 3], random) : random.Next(1, most + 1);
        if (random.Next(14) == 0) return Compound(random);
        if (random.Next(20) == 0) return Halves(random);
        if (letter == 'm' && random.Next(9) == 0)
        {
            return Made.Pick<SlotValue>(
            [
                Of("half an hour", "30m", "30 minutes"), Of("a quarter of an hour", "15m", "15 minutes"), Of("an hour and a half", "90m", "90 minutes"), Of("one and a half hours", "90m", "90 minutes"),
                Of("half hour", "30m", "30 minutes"), Of("a couple of minutes", "2m", "2 minutes"), Of("three quarters of an hour", "45m", "45 minutes"), Of("half a minute", "30s", "30 seconds"),
                Of("1 hour 30 minutes", "90m", "90 minutes"), Of("1.5 hours", "90m", "90 minutes"), Of("two and a half hours", "150m", "150 minutes"), Of("a minute and a half", "90s", "90 seconds"),
                Of("2.5 hours", "150m", "150 minutes"), Of("a quarter hour", "15m", "15 minutes"), Of("a half hour", "30m", "30 minutes"), Of("a couple of hours", "2h", "2 hours"), Of("a couple hours", "2h", "2 hours"), Of("a couple of seconds", "2s", "2 seconds"), Of("a couple of days", "2d", "2 days"),
                Of("a week", "7d", "7 days"), Of("one week", "7d", "7 days"), Of("two weeks", "14d", "14 days"), Of("2 weeks", "14d", "14 days"), Of("half a day", "12h", "12 hours"), Of("a dozen minutes", "12m", "12 minutes"), Of("1 and a half hours", "90m", "90 minutes"), Of("one minute thirty", "90s", "90 seconds"),
            ], random);
        }
        var plural = count == 1 ? unit : unit + "s";
        var said = random.Next(10) switch
        {
            < 4 => $"{count} {plural}",
            < 7 => $"{(count == 1 && random.Next(2) == 0 ? unit == "hour" ? "an" : "a" : Numbers.Spoken(count))} {plural}",
            7 => $"{count} {unit switch { "minute" => random.Next(2) == 0 ? "min" : "mins", "hour" => random.Next(2) == 0 ? "hr" : "hours", "second" => random.Next(2) == 0 ? "sec" : "secs", _ => plural }}",
            8 when letter != 'd' => $"{count}{(random.Next(2) == 0 ? $"{letter}" : letter == 'm' ? "min" : letter == 's' ? "sec" : "h")}",
            _ => $"{count} {plural}",
        };
        // "a 5 minute timer", "a five-minute timer".
        var before = $"{(random.Next(3) == 0 ? Numbers.Spoken(count) : $"{count}")}{(random.Next(3) == 0 ? '-' : ' ')}{unit}";
        return new(said, new Dictionary<string, string> { ["arg"] = $"{count}{letter}", ["long"] = $"{count} {plural}", ["before"] = before });
    }

    // "Six and a half minutes", "two hours and a quarter": told as so many of the unit below.
    private static SlotValue Halves(Random random)
    {
        var (large, small, letter, most) = random.Next(2) == 0 ? ("minute", "second", 's', 16) : ("hour", "minute", 'm', 6);
        var (many, part) = (random.Next(1, most), random.Next(3) == 0 ? Made.Pick([15, 45], random) : 30);
        var one = large == "hour" ? "an" : "a";
        var said = part switch
        {
            15 => many == 1 && random.Next(2) == 0 ? $"{one} {large} and a quarter" : $"{Numbers.Spoken(many)} and a quarter {large}s",
            45 => many == 1 && random.Next(2) == 0 ? $"{one} {large} and three quarters" : $"{Numbers.Spoken(many)} and three quarter {large}s",
            _ => random.Next(5) switch
            {
                0 => $"{many}.5 {large}s",
                1 => $"{many} and a half {large}s",
                2 when many == 1 => $"{one} {large} and a half",
                3 => $"{many} 1/2 {large}s",
                _ => $"{Numbers.Spoken(many)} and a half {large}s",
            },
        };
        return new(said, new Dictionary<string, string> { ["arg"] = $"{many * 60 + part}{letter}", ["long"] = $"{many * 60 + part} {small}s", ["before"] = $"{many}.5 {large}" });
    }

    // Two units, told as so many of the smaller one.
    private static SlotValue Compound(Random random)
    {
        var (large, small, letters, most) = random.Next(4) == 0 ? ("minute", "second", "ms", 10) : ("hour", "minute", "hm", 4);
        var (many, few) = (random.Next(1, most), random.Next(2) == 0 ? random.Next(1, 12) * 5 : random.Next(1, 60));
        var and = random.Next(2) == 0 ? " and" : "";
        var said = random.Next(5) switch
        {
            0 => $"{(many == 1 ? large == "hour" ? "an" : "a" : Numbers.Spoken(many))} {large}{(many == 1 ? "" : "s")}{and} {Numbers.Spoken(few)} {small}s",
            1 => $"{many}{letters[0]} {few}{letters[1]}",
            2 => $"{many}{(letters[0] == 'h' ? "h" : " min")} {few} {(letters[0] == 'h' ? "min" : "sec")}",
            _ => $"{many} {large}{(many == 1 ? "" : "s")}{and} {few} {small}s",
        };
        return new(said, new Dictionary<string, string> { ["arg"] = $"{many * 60 + few}{letters[1]}", ["long"] = $"{many * 60 + few} {small}s", ["before"] = $"{many} {large} {few} {small}" });
    }

    /// <summary>How often: <c>arg</c> is every 2h.</summary>
    public static SlotValue Interval(Random random)
    {
        if (random.Next(6) == 0) return Made.Pick<SlotValue>([Of("every hour", "every 1h", "every hour"), Of("every minute", "every 1m", "every minute"), Of("hourly", "every 1h", "every hour"), Of("every half hour", "every 30m", "every 30 minutes"), Of("every half an hour", "every 30m", "every 30 minutes"), Of("once an hour", "every 1h", "every hour"), Of("every second hour", "every 2h", "every 2 hours"), Of("every other hour", "every 2h", "every 2 hours"), Of("every quarter of an hour", "every 15m", "every 15 minutes"), Of("every couple of hours", "every 2h", "every 2 hours"), Of("every other day", "every 2d", "every 2 days"), Of("once a minute", "every 1m", "every minute")], random);
        var length = Duration(random);
        return length.Said.StartsWith("a ", StringComparison.Ordinal) || length.Said.StartsWith("an ", StringComparison.Ordinal) ? Interval(random) : Of($"every {length.Said}", $"every {length.In("arg")}", $"every {length.In("long")}");
    }

    /// <summary>A time of day: <c>arg</c> is 19:00.</summary>
    public static SlotValue Clock(Random random)
    {
        var (hour, minute) = (random.Next(10) < 7 ? random.Next(6, 23) : random.Next(24), random.Next(5) switch { < 2 => 0, 2 => 30, 3 => random.Next(4) * 15, _ => random.Next(60) });
        var (twelve, isMorning) = (hour % 12 == 0 ? 12 : hour % 12, hour < 12);
        var half = isMorning ? "am" : "pm";
        var arg = $"{hour:00}:{minute:00}";
        var said = random.Next(20) switch
        {
            // Without a word of which half of the day, it is the morning that is meant.
            14 when minute == 0 && hour is >= 5 and < 12 => random.Next(3) == 0 ? Numbers.Spoken(hour) : $"{hour}",
            16 when minute > 0 => $"{twelve}.{minute:00}{(random.Next(2) == 0 ? " " : "")}{half}",
            17 when minute is 10 or 20 or 5 => $"{Numbers.Spoken(minute)} past {Numbers.Spoken(twelve)} {Part(hour)}",
            17 when minute is 50 or 40 or 55 && hour < 23 => $"{Numbers.Spoken(60 - minute)} to {Numbers.Spoken(hour % 12 + 1)} {Part(hour)}",
            18 when minute == 30 => $"half past {twelve} {Part(hour)}",
            18 when minute == 15 => $"a quarter past {twelve} {Part(hour)}",
            18 when minute == 45 && hour < 23 => $"a quarter to {hour % 12 + 1} {Part(hour)}",
            18 when minute == 0 => $"{Numbers.Spoken(twelve)} o'clock {Part(hour)}",
            19 when minute == 0 => $"{twelve} {(hour < 12 ? "in the morning" : hour < 18 ? "this afternoon" : "this evening")}",
            15 when minute >= 10 => $"{Numbers.Spoken(twelve)} {Numbers.Spoken(minute)} {half}",
            < 2 when minute == 0 => $"{twelve}{half}",
            2 when minute == 0 => $"{twelve} {half}",
            3 when minute == 0 => $"{Numbers.Spoken(twelve)} {half}",
            4 when minute == 0 => $"{twelve} o'clock {Part(hour)}",
            5 when minute == 0 && hour == 12 => "noon",
            5 when minute == 0 && hour == 0 => "midnight",
            5 when minute == 0 => $"{twelve} {Part(hour)}",
            6 when minute == 30 => $"half past {Numbers.Spoken(twelve)} {Part(hour)}",
            6 when minute == 15 => $"quarter past {Numbers.Spoken(twelve)} {Part(hour)}",
            6 when minute == 45 && hour < 23 => $"quarter to {Numbers.Spoken(hour % 12 + 1)} {Part(hour)}",
            7 when minute == 0 => $"{twelve} {half[0]}.m.",
            < 10 => $"{twelve}:{minute:00}{(random.Next(2) == 0 ? " " : "")}{half}",
            10 when hour > 9 => $"{hour}:{minute:00}",
            _ => hour > 12 || random.Next(2) == 0 && hour > 0 ? $"{hour}:{minute:00}" : $"{twelve}:{minute:00} {half}",
        };
        return Of(said, arg, arg);
    }

    /// <summary>A moment to come: <c>arg</c> is tomorrow 19:00.</summary>
    public static SlotValue Moment(Random random)
    {
        var clock = Clock(random);
        var (time, arg) = (clock.Said, clock.In("arg"));
        var day = Made.Pick(Days, random);
        return random.Next(16) switch
        {
            < 5 => Of($"at {time}", $"at {arg}", $"at {arg}"),
            12 => Of($"{Made.Pick(["for", "by", "around", "at exactly", "exactly at", "at about"], random)} {time}", $"at {arg}", $"at {arg}"),
            13 => Of($"{Made.Pick(["for tomorrow at", "tomorrow", "tomorrow around", "for tomorrow,"], random)} {time}", $"tomorrow {arg}", $"tomorrow at {arg}"),
            14 => Of($"{Made.Pick([$"for {Cased(day, random)} at", $"this {Cased(day, random)} at", $"{Cased(day, random)} around", $"coming {Cased(day, random)} at"], random)} {time}", $"{day} {arg}", $"on {Cap(day)} at {arg}"),
            15 => Of(random.Next(2) == 0 ? $"at {time} on {Cased(day, random)}" : $"at {time} this {Cased(day, random)}", $"{day} {arg}", $"on {Cap(day)} at {arg}"),
            5 => Of($"today at {time}", $"at {arg}", $"at {arg}"),
            6 => Of($"tomorrow at {time}", $"tomorrow {arg}", $"tomorrow at {arg}"),
            7 => Of($"at {time} tomorrow", $"tomorrow {arg}", $"tomorrow at {arg}"),
            8 => Made.Pick<SlotValue>([Of("tomorrow morning", "tomorrow 08:00", "tomorrow at 08:00"), Of("tonight", "at 20:00", "at 20:00"), Of("this evening", "at 18:00", "at 18:00"), Of("tomorrow evening", "tomorrow 18:00", "tomorrow at 18:00"), Of("tomorrow", "tomorrow 09:00", "tomorrow at 09:00"), Of("at noon", "at 12:00", "at 12:00"), Of("tomorrow at noon", "tomorrow 12:00", "tomorrow at 12:00"), Of("at midnight", "at 00:00", "at 00:00"), Of("tomorrow afternoon", "tomorrow 15:00", "tomorrow at 15:00"), Of("this afternoon", "at 15:00", "at 15:00"), Of("tomorrow night", "tomorrow 20:00", "tomorrow at 20:00"), Of("today at noon", "at 12:00", "at 12:00"), Of("later tonight", "at 20:00", "at 20:00"), Of("in the evening", "at 18:00", "at 18:00")], random),
            9 => Of($"on {Cased(day, random)} at {time}", $"{day} {arg}", $"on {Cap(day)} at {arg}"),
            10 => Of($"{Cased(day, random)} at {time}", $"{day} {arg}", $"on {Cap(day)} at {arg}"),
            _ => Of($"next {Cased(day, random)} at {time}", $"{day} {arg}", $"on {Cap(day)} at {arg}"),
        };
    }

    /// <summary>A regular moment: <c>arg</c> is a cron expression.</summary>
    public static SlotValue Regular(Random random)
    {
        var clock = Clock(random);
        var (time, arg, at) = (clock.Said, clock.In("arg"), random.Next(5) == 0 ? "" : "at ");
        var (hour, minute) = (int.Parse(arg[..2], CultureInfo.InvariantCulture), int.Parse(arg[3..], CultureInfo.InvariantCulture));
        var day = random.Next(7);
        var name = Cased(Days[day], random);
        return random.Next(14) switch
        {
            10 => Of($"{at}{time} {Made.Pick(["every", "each", "on every"], random)} {name}", $"{minute} {hour} * * {(day + 1) % 7}", $"every {Cap(Days[day])} at {arg}"),
            11 => Of($"{Made.Pick(["on", "always on", "on all"], random)} {name}s {at}{time}", $"{minute} {hour} * * {(day + 1) % 7}", $"every {Cap(Days[day])} at {arg}"),
            12 => Of($"{at}{time} {Made.Pick(["on weekdays", "every weekday", "on working days", "from monday to friday"], random)}", $"{minute} {hour} * * 1-5", $"every weekday at {arg}"),
            13 => Of($"{Made.Pick(["once a day", "day by day", "on a daily basis", "everyday", "seven days a week"], random)} {at}{time}", $"{minute} {hour} * * *", $"every day at {arg}"),
            < 4 => Of($"{Made.Pick(["every day", "each day", "daily", "every single day"], random)} {at}{time}", $"{minute} {hour} * * *", $"every day at {arg}"),
            4 => Of($"{at}{time} {Made.Pick(["every day", "each day", "daily"], random)}", $"{minute} {hour} * * *", $"every day at {arg}"),
            5 => Of($"{Made.Pick(["every weekday", "on weekdays", "each weekday", "every working day", "monday to friday"], random)} {at}{time}", $"{minute} {hour} * * 1-5", $"every weekday at {arg}"),
            6 => hour < 12 ? Of($"every morning {at}{time}", $"{minute} {hour} * * *", $"every day at {arg}") : Of($"every {(hour < 18 ? "afternoon" : "evening")} {at}{time}", $"{minute} {hour} * * *", $"every day at {arg}"),
            7 => Made.Pick<SlotValue>([Of("every morning", "0 8 * * *", "every day at 08:00"), Of("every evening", "0 18 * * *", "every day at 18:00"), Of("every night", "0 22 * * *", "every day at 22:00"), Of("every day at noon", "0 12 * * *", "every day at 12:00")], random),
            _ => Of($"{Made.Pick(["every", "each"], random)} {name} {at}{time}", $"{minute} {hour} * * {(day + 1) % 7}", $"every {Cap(Days[day])} at {arg}"),
        };
    }

    /// <summary>What <c>time</c> answers: forms <c>clock</c>, <c>day</c> and <c>date</c>.</summary>
    public static SlotValue Now(Random random)
    {
        var at = Some(random);
        var (hours, zone) = Made.Pick([(0, "UTC"), (1, "Europe/Berlin"), (2, "Europe/Berlin"), (-5, "America/New_York"), (8, "Asia/Shanghai"), (1, "Europe/London"), (-8, "America/Los_Angeles"), (0, "Etc/UTC")], random);
        var text = string.Create(CultureInfo.InvariantCulture, $"{at:dddd, yyyy-MM-dd HH:mm:ss} {(hours < 0 ? '-' : '+')}{Math.Abs(hours):00}:00 ({zone})");
        return new(text, new Dictionary<string, string> { ["clock"] = at.ToString("HH:mm", CultureInfo.InvariantCulture), ["day"] = at.ToString("dddd", CultureInfo.InvariantCulture), ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["year"] = at.ToString("yyyy", CultureInfo.InvariantCulture) });
    }

    /// <summary>When a job comes next, as <c>cron</c> says it: forms <c>clock</c> and <c>date</c>.</summary>
    public static SlotValue Next(Random random)
    {
        var at = Some(random);
        return new(string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss} +{random.Next(3):00}:00"), new Dictionary<string, string> { ["clock"] = at.ToString("HH:mm", CultureInfo.InvariantCulture), ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
    }

    private static DateTime Some(Random random) => new DateTime(2026, 1, 1).AddSeconds(random.NextInt64(5L * 365 * 86400));

    private static string Part(int hour) => hour switch { < 12 => "in the morning", < 18 => "in the afternoon", _ => hour >= 21 ? "at night" : "in the evening" };

    private static string Cased(string day, Random random) => random.Next(2) == 0 ? Cap(day) : day;

    private static string Cap(string day) => char.ToUpperInvariant(day[0]) + day[1..];

    private static SlotValue Of(string said, string arg, string longer) => new(said, new Dictionary<string, string> { ["arg"] = arg, ["long"] = longer });
}
