using Appliance.Commands;
using Models.Store;

namespace Appliance.Tests.Commands;

public sealed class TerminalProgressTests
{
    private readonly StringWriter _error = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public void Report_NotATerminal_PrintsALineEveryTenPercent()
    {
        using var progress = Progress(live: false);

        for (var done = 0; done <= 1000; done += 5)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new PullProgress("m.gguf", done * 1000L, 1_000_000));
        }

        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.Equal("m.gguf: 10 % (100.0 kB of 1.0 MB)", lines[0]);
        Assert.Equal("m.gguf: 100 % (1.0 MB of 1.0 MB)", lines[^1]);
    }

    [Fact]
    public void Report_NotATerminalAndFast_PrintsAtMostALineASecond()
    {
        using var progress = Progress(live: false);

        for (var done = 0; done <= 1000; done++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(2));
            progress.Report((done, 1000));
        }

        Assert.InRange(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 2);
    }

    [Fact]
    public void Report_NotATerminalAndNoTotal_PrintsALineEveryHundredMegabytes()
    {
        using var progress = Progress(live: false);

        for (var done = 0L; done <= 250_000_000; done += 10_000_000)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new PullProgress("m.gguf", done, null));
        }

        Assert.Equal("m.gguf: 100.0 MB\nm.gguf: 200.0 MB\n", _error.ToString());
    }

    [Fact]
    public void Report_OnATerminal_ShowsBarRateAndTimeLeft()
    {
        using var progress = Progress(live: true);

        progress.Report(new PullProgress("m.gguf", 100_000_000, 1_000_000_000));
        _clock.Advance(TimeSpan.FromSeconds(2));
        progress.Report(new PullProgress("m.gguf", 300_000_000, 1_000_000_000));

        var line = _error.ToString().Split("\r\e[K")[^1];
        Assert.Matches(@"^m\.gguf  30 % \[#+\.+\]  300\.0 MB of 1\.0 GB  100\.0 MB/s  0:07 left$", line);
        Assert.InRange(line.Length, 60, 79);
    }

    [Fact]
    public void Report_OnATerminalManyTimes_RedrawsTenTimesASecondAndAtTheEnd()
    {
        using var progress = Progress(live: true);

        for (var done = 0; done <= 10_000; done++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(0.1));
            progress.Report((done, 10_000));
        }

        var drawn = _error.ToString().Split("\r\e[K");
        Assert.InRange(drawn.Length, 10, 13);
        Assert.Contains("100 %", drawn[^1]);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    public void Report_AnyWidth_NeverWraps(int width)
    {
        using (var progress = Progress(live: true, width))
        {
            progress.Report(new PullProgress(new string('x', 300) + "\u001b[2J", 0, long.MaxValue));
            _clock.Advance(TimeSpan.FromDays(900));
            progress.Report(new PullProgress(new string('x', 300) + "\u001b[2J", 1 << 30, long.MaxValue));
        }

        Assert.All(_error.ToString().Split("\r\e[K"), line => Assert.True(line.Length < width && !line.Contains('\e')));
    }

    [Fact]
    public void Dispose_AfterABar_LeavesAnEmptyLine()
    {
        using (var progress = Progress(live: true)) progress.Report((1, 2));

        Assert.EndsWith("\r\e[K", _error.ToString());
    }

    private TerminalProgress Progress(bool live, int width = 80) => new(new Terminal(TextWriter.Null, _error, Colours: false, live, width), _clock);

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
