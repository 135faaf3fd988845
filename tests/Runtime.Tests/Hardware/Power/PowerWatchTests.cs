using Runtime.Hardware.Power;
using TestKit;

namespace Runtime.Tests.Hardware.Power;

public sealed class PowerWatchTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];
    private TimeSpan _worked;

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Watch_HeatThatComesAndGoes_IsToldOnceEachWay()
    {
        Heat(50);
        using var watch = Watch();
        var levels = new List<PowerLevel>();
        watch.Changed += state => levels.Add(state.Level);
        Pass(20);
        Assert.Empty(levels);
        Heat(79);
        Pass(20);
        Assert.Equal((PowerLevel.Save, 0.5, 79_000L), (watch.State.Level, watch.State.Duty, watch.Reading.MilliCelsius));
        Heat(50);
        Pass(300);
        Assert.Equal([PowerLevel.Save, PowerLevel.Spare, PowerLevel.Normal], levels);
        Assert.Equal(3, _told.Count);
        Assert.Contains("the machine is at 79 °C; models work 50 % of their time, and jobs wait", _told[0]);
    }

    [Fact]
    public void Watch_MachineThatTellsNothing_IsLookedAtOnce()
    {
        using var watch = Watch();
        Heat(99);
        Pass(60);
        Assert.Equal((PowerReading.Nothing, PowerLevel.Normal, null, null), (watch.Reading, watch.State.Level, watch.Watts, watch.Joules));
    }

    [Fact]
    public void Watch_Draw_IsCountedForAnswersWhileModelsWork()
    {
        Write("sys/class/hwmon/hwmon0/power1_input", "10000000\n");
        using var watch = Watch();
        Pass(5);
        Assert.Equal((10.0, null, 0.0), (watch.Watts, watch.BusyWatts, watch.Joules));
        _worked += TimeSpan.FromSeconds(4);
        Pass(5);
        Assert.Equal((10.0, 10.0), (watch.Watts, watch.BusyWatts));
        Assert.Equal(40, watch.Joules!.Value, 6);
        // Two models at once work no longer than the time there was.
        _worked += TimeSpan.FromSeconds(10);
        Pass(5);
        Assert.Equal(90, watch.Joules!.Value, 6);
    }

    private PowerWatch Watch() => new(() => PowerLimits.OfBoards, _time, _told.Add, _root.Path, () => _worked);

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private void Heat(int celsius) => Write("sys/class/thermal/thermal_zone0/temp", $"{celsius}000\n");

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path])!);
        File.WriteAllText(_root[path], text);
    }
}
