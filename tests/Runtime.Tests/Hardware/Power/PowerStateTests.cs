using Runtime.Hardware.Power;

namespace Runtime.Tests.Hardware.Power;

public sealed class PowerStateTests
{
    private static readonly PowerLimits Limits = PowerLimits.OfBoards;

    [Theory]
    [InlineData(69.9, PowerLevel.Normal)]
    [InlineData(70, PowerLevel.Spare)]
    [InlineData(78, PowerLevel.Save)]
    [InlineData(84, PowerLevel.Least)]
    public void Next_Heat_SparesAtOnce(double celsius, PowerLevel level) => Assert.Equal(level, PowerState.Normal.Next(Heat(celsius), Limits, TimeSpan.Zero).Level);

    [Theory]
    [InlineData(30, true, PowerLevel.Normal)]
    [InlineData(29, true, PowerLevel.Spare)]
    [InlineData(14, true, PowerLevel.Save)]
    [InlineData(4, true, PowerLevel.Least)]
    [InlineData(4, false, PowerLevel.Normal)]
    public void Next_Battery_SparesWhileItFeedsTheMachineAlone(int percent, bool alone, PowerLevel level) =>
        Assert.Equal(level, PowerState.Normal.Next(PowerReading.Nothing with { BatteryPercent = percent, IsOnBattery = alone }, Limits, TimeSpan.Zero).Level);

    [Theory]
    [InlineData(ThrottleFlags.UnderVoltage, PowerLevel.Spare)]
    [InlineData(ThrottleFlags.FrequencyCapped, PowerLevel.Spare)]
    [InlineData(ThrottleFlags.Throttled | ThrottleFlags.UnderVoltage, PowerLevel.Save)]
    [InlineData(ThrottleFlags.SoftLimit, PowerLevel.Save)]
    public void Next_Firmware_IsBelieved(ThrottleFlags flags, PowerLevel level) => Assert.Equal(level, PowerState.Normal.Next(PowerReading.Nothing with { Throttle = flags }, Limits, TimeSpan.Zero).Level);

    [Fact]
    public void Next_Cooling_EasesOneLevelAMinuteBelowTheMargin()
    {
        var state = PowerState.Normal.Next(Heat(90), Limits, TimeSpan.Zero);
        Assert.Equal(PowerLevel.Least, state.Level);
        var levels = new List<PowerLevel>();
        for (var second = 5; second <= 300; second += 5) levels.Add((state = state.Next(Heat(40), Limits, TimeSpan.FromSeconds(second))).Level);
        Assert.Equal([PowerLevel.Save, PowerLevel.Spare, PowerLevel.Normal], levels.Distinct().Where(level => level < PowerLevel.Least));
        Assert.Equal((11, 12, 12), (levels.Count(l => l == PowerLevel.Least), levels.Count(l => l == PowerLevel.Save), levels.Count(l => l == PowerLevel.Spare)));
        Assert.Null(state.Reason);
    }

    [Fact]
    public void Next_NearTheLimit_StaysWhereItIs()
    {
        var state = PowerState.Normal.Next(Heat(78), Limits, TimeSpan.Zero);
        for (var second = 1; second < 10_000; second++) state = state.Next(Heat(second % 2 == 0 ? 77.9 : 73.1), Limits, TimeSpan.FromSeconds(second));
        Assert.Equal(PowerLevel.Save, state.Level);
    }

    [Fact]
    public void Next_AnySeriesOfReadings_NeverFlaps()
    {
        var random = new Random(7);
        for (var run = 0; run < 2000; run++)
        {
            var (state, now, limits) = (PowerState.Normal, TimeSpan.Zero, new PowerLimits(random.Next(40, 90), random.Next(40, 100), random.Next(40, 110), random.Next(0, 101)));
            var lastChange = (TimeSpan?)null;
            for (var step = 0; step < 200; step++)
            {
                now += TimeSpan.FromSeconds(random.Next(0, 40));
                var reading = new PowerReading(random.Next(10) == 0 ? null : random.Next(20_000, 110_000), (ThrottleFlags)(random.Next(8) == 0 ? random.Next(16) : 0), null, null, random.Next(3) == 0 ? random.Next(101) : null, random.Next(2) == 0);
                var next = state.Next(reading, limits, now);
                // Down one at a time, and never sooner than a minute after the last time it was asked for.
                if (next.Level < state.Level) Assert.True(state.Level - next.Level == 1 && now - state.Since >= PowerState.Calm && (lastChange is null || now - lastChange >= PowerState.Calm));
                if (next.Level != state.Level) lastChange = now;
                Assert.Equal(next.Level == PowerLevel.Normal, next.Reason is null);
                Assert.InRange(next.Duty, 0.05, 1);
                Assert.InRange(next.Threads(4), 1, 4);
                // The same again changes nothing more, and nothing but what it is given does.
                Assert.Equal(next.Level, next.Next(reading, limits, now).Level);
                Assert.Equal(next, state.Next(reading, limits, now));
                state = next;
            }
        }
    }

    [Fact]
    public void Next_HotterReading_NeverSparesLess()
    {
        var random = new Random(7);
        for (var run = 0; run < 20_000; run++)
        {
            var state = new PowerState((PowerLevel)random.Next(4), "was hot", TimeSpan.FromSeconds(random.Next(200)));
            var (cool, now) = (random.Next(20_000, 110_000), TimeSpan.FromSeconds(200 + random.Next(100)));
            PowerLevel At(int milli) => state.Next(Heat(milli / 1000.0), Limits, now).Level;
            Assert.True(At(cool + random.Next(20_000)) >= At(cool));
        }
    }

    private static PowerReading Heat(double celsius) => PowerReading.Nothing with { MilliCelsius = (long)(celsius * 1000) };
}
