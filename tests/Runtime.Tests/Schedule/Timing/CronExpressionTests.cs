using Runtime.Schedule;
using Runtime.Schedule.Timing;

namespace Runtime.Tests.Schedule.Timing;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z")]
    [InlineData("0 9 * * MON-FRI", "2026-11-27T09:00:00Z", "2026-11-30T09:00:00Z")]
    [InlineData("30 6,18 1 jan,JUL *", "2026-01-01T06:30:00Z", "2026-01-01T18:30:00Z")]
    [InlineData("10/20 * * * *", "2026-01-01T00:11:00Z", "2026-01-01T00:30:00Z")]
    [InlineData("*/5 * * * * *", "2026-01-01T00:00:01Z", "2026-01-01T00:00:05Z")]
    [InlineData("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 12 L * *", "2026-02-01T00:00:00Z", "2026-02-28T12:00:00Z")]
    [InlineData("0 12 * * 5#2", "2026-11-01T00:00:00Z", "2026-11-13T12:00:00Z")]
    [InlineData("0 12 * * FRIL", "2026-11-01T00:00:00Z", "2026-11-27T12:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z")]
    [InlineData("0 0 * * 7", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z")]
    [InlineData("@daily", "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("@hourly", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z")]
    public void Next_InUtc_IsTheFirstAfter(string expression, string after, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), CronExpression.Parse(expression).Next(DateTimeOffset.Parse(after), TimeZoneInfo.Utc));

    [Theory]
    // Berlin: 2026-03-29 has no 02:00 to 03:00, 2026-10-25 has it twice.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0,30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    // Lord Howe moves by half an hour: 2026-10-04 has no 02:00 to 02:30, 2026-04-05 has 01:30 to 02:00 twice.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z")]
    public void Next_WhereClocksChange_ComesOnceOrKeepsItsRhythm(string expression, string zone, string after, string first, string second)
    {
        var cron = CronExpression.Parse(expression);
        var next = cron.Next(DateTimeOffset.Parse(after), TimeZones.Find(zone));
        Assert.Equal((DateTimeOffset.Parse(first), DateTimeOffset.Parse(second)), (next, cron.Next(next!.Value, TimeZones.Find(zone))));
    }

    [Theory]
    [InlineData("Europe/Berlin", 1)]
    [InlineData("America/New_York", 2)]
    [InlineData("Australia/Lord_Howe", 3)]
    [InlineData("America/St_Johns", 4)]
    [InlineData("Africa/Casablanca", 5)]
    [InlineData("Asia/Kathmandu", 6)]
    [InlineData("America/Santiago", 7)]
    [InlineData("Pacific/Chatham", 8)]
    public void Next_OfAnyExpression_IsWhatWalkingMinuteByMinuteFinds(string zoneName, int seed)
    {
        var (zone, random) = (TimeZones.Find(zoneName), new Random(seed));
        for (var round = 0; round < 40; round++)
        {
            var cron = CronExpression.Parse(Expression(random));
            // Half of the walks begin just before the clocks change.
            var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(5 * 365 * 24 * 60));
            if (round % 2 == 0 && ClockChange.First(zone, start.UtcDateTime, zone.GetUtcOffset(start), start.UtcDateTime.AddDays(366)) is { } change)
                start = new DateTimeOffset(change, TimeSpan.Zero).AddMinutes(-random.Next(36 * 60));
            start = start.AddSeconds(-start.Second);
            var walked = MinuteWalk.Find(cron, start, zone, days: 4);
            var computed = new List<DateTimeOffset>();
            for (var next = cron.Next(start, zone); next <= start.AddDays(4); next = cron.Next(next.Value, zone)) computed.Add(next.Value);
            Assert.True(walked.SequenceEqual(computed), $"{cron} in {zoneName} from {start:u}: walked {string.Join(' ', walked.Except(computed))}, computed {string.Join(' ', computed.Except(walked))}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/90 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("1/2/3 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("a * * * *")]
    [InlineData(",1 * * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 * * 1#6")]
    [InlineData("0 0 * * 1-2#1")]
    [InlineData("١ * * * *")]
    public void Parse_OfWhatIsNone_SaysWhatIsWrong(string text) => Assert.Throws<ScheduleException>(() => CronExpression.Parse(text));

    [Fact]
    public void Parse_OfAnything_ThrowsNothingElse()
    {
        var random = new Random(11);
        const string Letters = "0123456789*/,-?L# @JANMOSUN";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(24)).Select(_ => Letters[random.Next(Letters.Length)])]);
            try { CronExpression.Parse(text).Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc); }
            catch (ScheduleException) { }
        }
    }

    [Theory]
    [InlineData("Europe/Nowhere")]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/localtime")]
    public void Find_OfNoZone_SaysSo(string name) => Assert.Throws<ScheduleException>(() => TimeZones.Find(name));

    [Fact]
    public void Last_OverHalfACentury_FindsTheLastSlotsOnly()
    {
        var until = DateTimeOffset.Parse("2026-11-25T10:00:30Z").ToUnixTimeMilliseconds();
        Assert.Equal([until - 30_000], SlotTimes.Cron(CronExpression.Parse("* * * * *"), TimeZoneInfo.Utc).Last(0, until, 1));
        Assert.Equal(10, SlotTimes.Cron(CronExpression.Parse("0 0 29 2 *"), TimeZoneInfo.Utc).Last(0, until, 10).Count);
        Assert.Equal([until - 2000, until - 1000, until], SlotTimes.Every(1000, until - 5000).Last(0, until + 999, 3));
        Assert.Empty(SlotTimes.At(until).Last(until, until + 1, 1));
    }

    private static string Expression(Random random)
    {
        return string.Join(' ', Field(0, 59), Field(0, 23), random.Next(3) == 0 ? Field(1, 28) : "*", random.Next(5) == 0 ? Field(1, 12) : "*", random.Next(3) == 0 ? Field(0, 6) : "*");

        string Field(int least, int most) => random.Next(6) switch
        {
            0 => "*",
            1 => $"*/{random.Next(1, Math.Max(2, most))}",
            2 => $"{random.Next(least, most + 1)},{random.Next(least, most + 1)}",
            3 => random.Next(least, most) is var from ? $"{from}-{random.Next(from, most + 1)}" : "",
            _ => $"{random.Next(least, most + 1)}",
        };
    }
}
