using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>Moments as people say them, and as <c>cron</c> takes them.</summary>
internal static class Times
{
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] First = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    // A part of the day: how it is said of today and of another day, its hours, and what it is where no time is said.
    private static readonly (string Today, string Other, int From, int To, string Alone)[] Parts =
    [
        ("this morning", "morning", 4, 12, "08:00"), ("this afternoon", "afternoon", 12, 18, "15:00"), ("this evening", "evening", 17, 23, "18:00"), ("tonight", "night", 19, 24, "20:00"),
    ];

    /// <summary>A moment to come: <c>arg</c> is tomorrow 19:00.</summary>
    public static SlotValue Moment(Random random)
    {
        var clock = Clocks.Clock(random);
        var (time, arg) = (clock.Said, clock.In("arg"));
        var day = Made.Pick(Days, random);
        var named = Cased(day, random);
        switch (random.Next(29))
        {
            case < 6: return Of($"at {time}", $"at {arg}", $"at {arg}");
            case 6: return Of($"{Made.Pick(["for", "by", "around", "at exactly", "exactly at", "precisely at", "at about", "at around", "shortly before", "just before", "@"], random)} {time}", $"at {arg}", $"at {arg}");
            case 7: return Of(Made.Pick([$"today at {time}", $"today at {time}", $"at {time} today", $"at {time} today", $"at {time} sharp", $"at {time} on the dot"], random), $"at {arg}", $"at {arg}");
            case 8: return Of($"{Made.Pick(["tomorrow at", "tomorrow at", "for tomorrow at", "tomorrow", "tomorrow around", "for tomorrow,", "tmrw at", "2moro", "2moro at", "tomoz at", "tomorrow by", "tomorow at", "tomorrow, at"], random)} {time}", $"tomorrow {arg}", $"tomorrow at {arg}");
            case 9: return Of($"{Made.Pick(["at", "for", "by", "around"], random)} {time} tomorrow", $"tomorrow {arg}", $"tomorrow at {arg}");
            case < 13 or > 25: return Part(random);
            case < 16:
                var on = Made.Pick([$"on {named} at", $"{named} at", $"next {named} at", $"for {named} at", $"for {named} at", $"{named}", $"{named}", $"{named}, at", $"this {named} at", $"{named} around", $"coming {named} at", $"on {named}, at", $"this coming {named} at", $"{named},", $"on {named} by", $"{named[..3]} at"], random);
                return Of($"{on} {time}", $"{day} {arg}", $"on {Cap(day)} at {arg}");
            case 16: return Of($"{Made.Pick(["at", "for"], random)} {time} {Made.Pick(["on", "this", "next", "on the coming"], random)} {named}", $"{day} {arg}", $"on {Cap(day)} at {arg}");
            case < 19:
                var (_, part, from, to, alone) = Made.Pick(Parts, random);
                var bare = Clocks.Bare(from, to, random);
                var word = Made.Pick(["", "on ", "on ", "next ", "this "], random);
                return random.Next(3) == 0 ? Of($"{word}{named} {part}", $"{day} {alone}", $"on {Cap(day)} at {alone}")
                    : random.Next(3) == 0 ? Of($"at {bare.Said} {word}{named} {part}", $"{day} {bare.In("arg")}", $"on {Cap(day)} at {bare.In("arg")}")
                    : Of($"{word}{named} {(part != "night" && random.Next(4) == 0 ? "in the " : "")}{part} at {bare.Said}", $"{day} {bare.In("arg")}", $"on {Cap(day)} at {bare.In("arg")}");
            case 19: return Of(Made.Pick([$"on {named}", $"next {named}", $"this {named}", $"on {named}", $"coming {named}"], random), $"{day} 09:00", $"on {Cap(day)} at 09:00");
            case 20: return Made.Pick<SlotValue>([Of("tomorrow", "tomorrow 09:00", "tomorrow at 09:00"), Of("tomorrow", "tomorrow 09:00", "tomorrow at 09:00"), Of("tomorrow", "tomorrow 09:00", "tomorrow at 09:00"), Of("some time tomorrow", "tomorrow 09:00", "tomorrow at 09:00"), Of("at noon", "at 12:00", "at 12:00"), Of("tomorrow at noon", "tomorrow 12:00", "tomorrow at 12:00"), Of("at midnight", "at 00:00", "at 00:00"), Of("today at noon", "at 12:00", "at 12:00"), Of("tomorrow at midday", "tomorrow 12:00", "tomorrow at 12:00"), Of($"on {named} at noon", $"{day} 12:00", $"on {Cap(day)} at 12:00"), Of($"{named} noon", $"{day} 12:00", $"on {Cap(day)} at 12:00")], random);
            case 21: return Made.Pick<SlotValue>([Of("the day after tomorrow", "in 2d", "in 2 days"), Of("day after tomorrow", "in 2d", "in 2 days"), Of("on the day after tomorrow", "in 2d", "in 2 days"), Of("next week", "in 7d", "in 7 days"), Of("a week from now", "in 7d", "in 7 days"), Of("a week from today", "in 7d", "in 7 days"), Of("two weeks from now", "in 14d", "in 14 days"), Of("in two weeks' time", "in 14d", "in 14 days"), Of("in a week's time", "in 7d", "in 7 days"), Of("an hour from now", "in 1h", "in 1 hour"), Of("in an hour's time", "in 1h", "in 1 hour")], random);
            case 22 or 23:
                var date = random.Next(1, 29);
                return Of(Made.Pick([$"on the {Nth(date)} {Made.Pick(["at", "at", "around", "by"], random)} {time}", $"on the {Nth(date)}, {time}", $"at {time} on the {Nth(date)}", $"the {Nth(date)} at {time}"], random), $"{Nth(date)} {arg}", $"on the {Nth(date)} at {arg}");
            default:
                var (month, dom) = (random.Next(12), random.Next(1, 29));
                var name = random.Next(2) == 0 ? Cap(Months[month]) : Months[month];
                // Some months have a short name.
                if (random.Next(4) == 0 && name.Length > 5) name = Months[month] == "september" ? "sept" : name[..3];
                // With a year, it is a date of the calendar.
                var year = random.Next(3) == 0 ? random.Next(2026, 2030) : 0;
                var said = $"{Made.Pick([$"{name} {Nth(dom)}", $"{name} {dom}", $"the {Nth(dom)} of {name}", $"{dom} {name}", $"{name} the {Nth(dom)}", $"{Nth(dom)} {name}", $"{Nth(dom)} of {name}"], random)}{(year > 0 ? $"{(random.Next(4) == 0 ? "," : "")} {year}" : "")}";
                return Of(random.Next(4) switch { 0 => $"at {time} on {said}", 1 => $"{said} at {time}", 2 => $"{(random.Next(2) == 0 ? "on " : "")}{said}, {time}", _ => $"on {said} at {time}" }, year > 0 ? $"{year}-{month + 1:00}-{dom:00} {arg}" : $"{Months[month]} {dom} {arg}", $"on {Cap(Months[month])} {dom}{(year > 0 ? $" {year}" : "")} at {arg}");
        }
    }

    /// <summary>A regular moment: <c>arg</c> is a cron expression.</summary>
    public static SlotValue Regular(Random random)
    {
        var clock = Clocks.Clock(random);
        var (time, arg, at) = (clock.Said, clock.In("arg"), random.Next(6) == 0 ? "" : "at ");
        var day = random.Next(7);
        var (name, number, each) = (Cased(Days[day], random), $"{(day + 1) % 7}", Made.Pick(["every", "every", "every", "each"], random));
        switch (random.Next(28))
        {
            case < 5: return Of($"{Made.Pick(["every day", "each day", "daily", "every single day", "once a day", "day by day", "on a daily basis", "everyday", "seven days a week", "every day of the week"], random)} {at}{time}", Cron(arg, "* * *"), $"every day at {arg}");
            case 5: return Of($"{at}{time} {Made.Pick(["every day", "each day", "daily", "every single day"], random)}", Cron(arg, "* * *"), $"every day at {arg}");
            case < 9: return Of($"{Made.Pick(["every weekday", "on weekdays", "each weekday", "every working day", "monday to friday", "monday through friday", "from monday to friday", "mon to fri", "mon-fri", "weekdays", "on workdays", "every workday"], random)} {at}{time}", Cron(arg, "* * 1-5"), $"every weekday at {arg}");
            case 9: return Of($"{at}{time} {Made.Pick(["on weekdays", "every weekday", "on working days", "from monday to friday", "monday to friday", "mon to fri", "mon-fri", "each weekday"], random)}", Cron(arg, "* * 1-5"), $"every weekday at {arg}");
            case < 13: return Of($"{each} {name} {at}{time}", Cron(arg, $"* * {number}"), $"every {Cap(Days[day])} at {arg}");
            case 13: return Of($"{at}{time} {Made.Pick(["every", "each", "on every"], random)} {name}", Cron(arg, $"* * {number}"), $"every {Cap(Days[day])} at {arg}");
            case 14: return Of($"{Made.Pick(["on ", "always on ", "on all ", ""], random)}{name}s {at}{time}", Cron(arg, $"* * {number}"), $"every {Cap(Days[day])} at {arg}");
            case < 18:
                var (_, part, from, to, alone) = Made.Pick(Parts, random);
                var bare = Clocks.Bare(from, to, random);
                var (what, days, when) = random.Next(5) switch { < 2 => ("", "* * *", "every day"), 2 => ("weekday ", "* * 1-5", "every weekday"), _ => ($"{name} ", $"* * {number}", $"every {Cap(Days[day])}") };
                // The night by itself is later than one that has a name.
                if (random.Next(4) == 0 && (part, what) is not ("night", not "")) return Of($"{each} {what}{part}", Cron(part == "night" ? "22:00" : alone, days), $"{when} at {(part == "night" ? "22:00" : alone)}");
                return random.Next(3) == 0 ? Of($"at {bare.Said} {each} {what}{part}", Cron(bare.In("arg"), days), $"{when} at {bare.In("arg")}") : Of($"{each} {what}{part} {at}{bare.Said}", Cron(bare.In("arg"), days), $"{when} at {bare.In("arg")}");
            case 18 or 23:
                var two = new[] { day, (day + random.Next(1, 6)) % 7 }.Select(d => (d + 1) % 7).Order().ToArray();
                var (first, second) = (Cased(Days[(two[0] + 6) % 7], random), Cased(Days[(two[1] + 6) % 7], random));
                return Of($"{Made.Pick([$"every {first} and {second}", $"on {first}s and {second}s", $"each {first} and {second}", $"{first}s and {second}s", $"every {second} and {first}"], random)} {at}{time}", Cron(arg, $"* * {two[0]},{two[1]}"), $"every {Cap(first)} and {Cap(second)} at {arg}");
            case 19: return Of($"{Made.Pick(["on weekends", "every weekend", "at weekends", "on the weekend", "every saturday and sunday"], random)} {at}{time}", Cron(arg, "* * 0,6"), $"on weekends at {arg}");
            case 24:
                var three = Enumerable.Range(0, 7).OrderBy(_ => random.Next()).Take(3).Order().ToArray();
                var names = three.Select(d => Cased(Days[(d + 6) % 7], random)).ToArray();
                return Of($"{Made.Pick([$"every {names[0]}, {names[1]} and {names[2]}", $"on {names[0]}s, {names[1]}s and {names[2]}s", $"each {names[0]}, {names[1]} and {names[2]}", $"{names[0]}, {names[1]} and {names[2]}"], random)} {at}{time}", Cron(arg, $"* * {string.Join(',', three)}"), $"every {string.Join(", ", names.Select(Cap))} at {arg}");
            case 20 or 25:
                var date = random.Next(1, 29);
                if (random.Next(4) == 0) date = 1;
                var nth = date <= First.Length && random.Next(2) == 0 ? First[date - 1] : Nth(date);
                return Of($"{Made.Pick([$"on the {nth} of every month", $"every month on the {nth}", $"every {nth} of the month", $"monthly on the {nth}", $"each month on the {nth}", $"the {nth} of every month", $"{nth} of every month", $"{nth} of each month", $"on the {nth} of each month"], random)}{(random.Next(3) == 0 ? "," : "")} {at}{time}", Cron(arg, $"{date} * *"), $"on the {Nth(date)} of every month at {arg}");
            case 21: return Of($"{each} {name}", Cron("09:00", $"* * {number}"), $"every {Cap(Days[day])} at 09:00");
            case 22: return Made.Pick<SlotValue>([Of("every day at noon", "0 12 * * *", "every day at 12:00"), Of("each day at noon", "0 12 * * *", "every day at 12:00"), Of("every night at midnight", "0 0 * * *", "every day at 00:00"), Of("daily at midday", "0 12 * * *", "every day at 12:00"), Of("every weekday", "0 9 * * 1-5", "every weekday at 09:00"), Of("on weekdays", "0 9 * * 1-5", "every weekday at 09:00"), Of("every weekend", "0 9 * * 0,6", "on weekends at 09:00"), Of($"on {name}s", $"0 9 * * {number}", $"every {Cap(Days[day])} at 09:00")], random);
            default: return Made.Pick<SlotValue>([Of("every morning", "0 8 * * *", "every day at 08:00"), Of("every evening", "0 18 * * *", "every day at 18:00"), Of("every night", "0 22 * * *", "every day at 22:00"), Of("every afternoon", "0 15 * * *", "every day at 15:00"), Of("in the mornings", "0 8 * * *", "every day at 08:00"), Of("each night", "0 22 * * *", "every day at 22:00")], random);
        }
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
    public static SlotValue Next(Random random) => Next(Some(random), random);

    /// <summary>When a job comes next that comes at a moment, as <c>cron</c> says it: of the moment's own time and day.</summary>
    /// <param name="moment">The moment; its <c>arg</c> is read.</param>
    /// <param name="random">The random numbers.</param>
    public static SlotValue Next(SlotValue moment, Random random)
    {
        var (at, words) = (Some(random), moment.In("arg").Split(' '));
        if (words is [var minute, var hour, var date, var month, var days])
        {
            at = at.Date.AddHours(int.Parse(hour, CultureInfo.InvariantCulture)).AddMinutes(int.Parse(minute, CultureInfo.InvariantCulture));
            while (!Fits(date, at.Day) || !Fits(month, at.Month) || !Fits(days, (int)at.DayOfWeek)) at = at.AddDays(1);
        }
        else if (words is [var day, var clock] && clock.Contains(':'))
        {
            at = at.Date + TimeSpan.Parse(clock, CultureInfo.InvariantCulture);
            while (Days.Contains(day) && !at.DayOfWeek.ToString().Equals(day, StringComparison.OrdinalIgnoreCase)) at = at.AddDays(1);
        }
        return Next(at, random);
    }

    /// <summary>A job's schedule as <c>cron</c> lists it.</summary>
    public static SlotValue Schedule(Random random) => new(random.Next(4) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"{Some(random):yyyy-MM-ddTHH:mm:ss}.{(random.Next(2) == 0 ? 0 : random.Next(1000)):000}Z"),
        1 => $"every {(random.Next(4) == 0 ? TimeSpan.FromDays(random.Next(1, 15)) : TimeSpan.FromMinutes(random.Next(1, 600)))}",
        2 => Regular(random).In("arg"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Some(random):yyyy-MM-ddTHH:mm}:00.000Z"),
    });

    // A cron field of one, some (0,6), or a range (1-5).
    private static bool Fits(string field, int value) => field == "*" || (field.Split('-') is [var from, var to]
        ? value >= int.Parse(from, CultureInfo.InvariantCulture) && value <= int.Parse(to, CultureInfo.InvariantCulture)
        : field.Split(',').Contains($"{value}"));

    private static SlotValue Next(DateTime at, Random random) => new(string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss} {Made.Pick(["+00:00", "+00:00", "+01:00", "+02:00", "-05:00", "+08:00", "-08:00", "+05:30"], random)}"),
        new Dictionary<string, string> { ["clock"] = at.ToString("HH:mm", CultureInfo.InvariantCulture), ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });

    // "Tonight at half past eight", "at six this evening", "tomorrow morning at 8", and the same without a time.
    private static SlotValue Part(Random random)
    {
        var (today, other, from, to, alone) = Made.Pick(Parts, random);
        var (isToday, clock) = (random.Next(2) == 0, Clocks.Bare(from, to, random));
        var (word, day, longer) = isToday ? (today == "tonight" && random.Next(4) == 0 ? Made.Pick(["later tonight", "tonite", "2nite"], random) : today, "at", "at") : ($"{Made.Pick(["tomorrow", "tomorrow", "tomorrow", "tomorrow", "tomorrow", "tmrw", "2moro"], random)} {(other != "night" && random.Next(8) == 0 ? "in the " : "")}{other}", "tomorrow", "tomorrow at");
        if (random.Next(5) < 2) return random.Next(5) == 0 && isToday && other == "evening" ? Of("in the evening", "at 18:00", "at 18:00") : Of(word, $"{day} {alone}", $"{longer} {alone}");
        return Of(random.Next(4) switch { 0 => $"at {clock.Said} {word}", 1 => $"{word} {clock.Said}", 2 => $"{clock.Said} {word}", _ => $"{word} at {clock.Said}" }, $"{day} {clock.In("arg")}", $"{longer} {clock.In("arg")}");
    }

    private static string Cron(string clock, string days) => $"{int.Parse(clock[3..], CultureInfo.InvariantCulture)} {int.Parse(clock[..2], CultureInfo.InvariantCulture)} {days}";

    private static string Nth(int number) => $"{number}{(number is 11 or 12 or 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" })}";

    private static DateTime Some(Random random) => new DateTime(2026, 1, 1).AddSeconds(random.NextInt64(5L * 365 * 86400));

    private static string Cased(string day, Random random) => random.Next(2) == 0 ? Cap(day) : day;

    private static string Cap(string day) => char.ToUpperInvariant(day[0]) + day[1..];

    private static SlotValue Of(string said, string arg, string longer) => new(said, new Dictionary<string, string> { ["arg"] = arg, ["long"] = longer });
}
