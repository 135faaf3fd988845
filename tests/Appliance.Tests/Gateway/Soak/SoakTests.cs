using System.Diagnostics;
using System.Globalization;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Soak;

/// <summary>
/// Days of a box, on a clock that a test turns: what is left of them in memory, in threads and in open files. Live memory is counted after a
/// collection, so that what is not given back is seen and what is only not yet collected is not.
/// </summary>
[Collection(SoakCollection.Name)]
public sealed class SoakTests(ITestOutputHelper output)
{
    // A megabyte a day (issue 5).
    private const double MostPerDay = 1 << 20;

    // Two hours after one to warm up: what leaks a connection or a turn is far above it. What grows slowly is for the days.
    [Fact]
    public Task Hours_Two_LeaveNothingBehind() => LiveAsync(warmUp: 1 / 24.0, days: 2 / 24.0, mostPerDay: 12 * MostPerDay);

    [Fact, Trait("Speed", "Slow")]
    public Task Days_Four_LeaveLessThanAMegabyteEach() => LiveAsync(warmUp: 1, days: 4, MostPerDay);

    private async Task LiveAsync(double warmUp, double days, double mostPerDay)
    {
        var clock = Stopwatch.StartNew();
        await using var day = await SimulatedDay.BeginAsync();
        List<(double Day, double Bytes, double Threads, double Files)> samples = [];
        var (steps, every) = ((int)((warmUp + days) * SimulatedDay.Steps), Math.Max(1, (int)(days * SimulatedDay.Steps / 24)));
        for (var step = 0; step < steps; step++)
        {
            await day.StepAsync(step);
            if (step >= warmUp * SimulatedDay.Steps && step % every == 0) samples.Add(Sample(step / (double)SimulatedDay.Steps));
        }
        var (bytes, threads, files) = (Slope(s => s.Bytes), Slope(s => s.Threads), Slope(s => s.Files));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: soak: {warmUp + days:0.##} days in {clock.Elapsed.TotalSeconds:0} s ({day.Counts}): {bytes / 1024:0} KB of live memory, {threads:0.0} threads, {files:0.0} open files more a day; at the end {samples[^1].Bytes / (1 << 20):0.0} MB, {samples[^1].Threads:0}, {samples[^1].Files:0}"));
        Assert.InRange(bytes, double.MinValue, mostPerDay);
        // Those of the pool come and go; one of every step would be hundreds a day.
        Assert.InRange(threads * days, double.MinValue, 8);
        Assert.InRange(files * days, double.MinValue, 4);

        double Slope(Func<(double Day, double Bytes, double Threads, double Files), double> of) => Trend.Slope([.. samples.Select(s => (s.Day, of(s)))]);
    }

    private static (double Day, double Bytes, double Threads, double Files) Sample(double day)
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return (day, GC.GetTotalMemory(forceFullCollection: true), Directory.GetDirectories("/proc/self/task").Length, Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }
}
