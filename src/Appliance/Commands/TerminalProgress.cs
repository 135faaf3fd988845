using System.Globalization;
using Models.Store;

namespace Appliance.Commands;

/// <summary>
/// Shows how far a download or an import is: on a terminal as a bar that moves, with rate and time left; elsewhere as a line every ten
/// percent, at most one a second, so that logs stay short. Reports come one at a time.
/// </summary>
internal sealed class TerminalProgress(Terminal terminal, TimeProvider clock) : IProgress<PullProgress>, IProgress<(long Done, long Total)>, IDisposable
{
    private const long StepWithoutTotal = 100_000_000;
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PrintEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Time, long Done)> _samples = new();
    private string? _what;
    private long _step;
    private long _shown;
    private bool _open;

    /// <summary>How far a download is.</summary>
    public void Report(PullProgress value) => Show(value.File, value.Done, value.Total);

    /// <summary>How far an import is.</summary>
    public void Report((long Done, long Total) value) => Show("importing", value.Done, value.Total);

    /// <summary>Writes a line of its own.</summary>
    public void Note(string text)
    {
        End();
        terminal.Note(text);
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose() => End();

    private void Show(string what, long done, long? total)
    {
        if (what != _what)
        {
            End();
            (_what, _step, _shown) = (what, 0, clock.GetTimestamp());
            _samples.Clear();
        }
        if (terminal.Live) Draw(what, done, total);
        else Print(what, done, total);
    }

    private void Print(string what, long done, long? total)
    {
        var step = total is { } all and > 0 ? (long)((Int128)done * 10 / all) : done / StepWithoutTotal;
        if (step <= _step || clock.GetElapsedTime(_shown) < PrintEvery) return;
        (_step, _shown) = (step, clock.GetTimestamp());
        terminal.Note($"{what}: {(total is { } size and > 0 ? $"{Percent(done, size)} ({Sizes(done, total)})" : Sizes(done, total))}");
    }

    private void Draw(string what, long done, long? total)
    {
        var now = clock.GetTimestamp();
        if (_open && clock.GetElapsedTime(_shown, now) < RedrawEvery && done != total) return;
        _shown = now;
        _samples.Enqueue((now, done));
        while (_samples.Count > 2 && clock.GetElapsedTime(_samples.Peek().Time, now) > RateOver) _samples.Dequeue();
        var (since, from) = _samples.Peek();
        var rate = (done - from) / Math.Max(clock.GetElapsedTime(since, now).TotalSeconds, 1e-3);

        var right = Sizes(done, total);
        if (rate >= 1) right += $"  {ByteSize.Format((long)rate)}/s";
        if (rate >= 1 && total is { } all && all > done) right += $"  {TimeLeft((all - done) / rate)} left";
        var left = Terminal.Clean(what);
        left = left.Length <= 30 ? left : left[..29] + "…";
        if (total is { } size and > 0) left += $" {Percent(done, size),5} {Bar(done, size, terminal.Width - left.Length - right.Length - 12)}";
        var line = $"{left}  {right}";
        terminal.Error.Write($"\r\e[K{(line.Length < terminal.Width ? line : line[..(terminal.Width - 1)])}");
        terminal.Error.Flush();
        _open = true;
    }

    private void End()
    {
        if (_open) terminal.Error.Write("\r\e[K");
        _open = false;
    }

    private static string Sizes(long done, long? total) =>
        total is { } all ? $"{ByteSize.Format(done)} of {ByteSize.Format(all)}" : ByteSize.Format(done);

    private static string Percent(long done, long total) => string.Create(CultureInfo.InvariantCulture, $"{(int)((Int128)done * 100 / total)} %");

    private static string Bar(long done, long total, int width)
    {
        if (width < 5) return "";
        var filled = Math.Clamp((int)((Int128)done * width / total), 0, width);
        return $"[{new string('#', filled)}{new string('.', width - filled)}]";
    }

    private static string TimeLeft(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Min(seconds, 359_999));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
    }
}
