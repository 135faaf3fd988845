using System.Collections.Concurrent;
using TestKit;
using TestKit.PowerCuts;
using Xunit.Abstractions;

namespace Appliance.Tests.Hosting.PowerCuts;

/// <summary>
/// The power goes while all stores are written at once, on a real ext4 that remembers every write. At moments that are drawn, the disk is
/// made as it would be then: what was flushed is there, what came after it in part, in any order, torn in the middle. All that was
/// acknowledged by then must be there, once, and nothing that was taken away.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Changes = 18;

    [PowerCutFact]
    public void PowerCut_WhileAllStoresAreWritten_LosesNothingThatWasAcknowledged() => Cut(recordings: 1, cuts: 20);

    [PowerCutFact, Trait("Speed", "Slow")]
    public void PowerCut_AThousandTimes_LosesNothingThatWasAcknowledged() => Cut(recordings: 20, cuts: 50);

    // The proof itself must be able to fail.
    [PowerCutFact]
    public void PowerCut_FileThatNobodyWaitsFor_IsFoundLost()
    {
        using var disk = new PowerCutDisk();
        var careless = Stores.Careless();
        careless.Run(disk, disk.Path, Changes);
        disk.CutAt(disk.Position, new SeededRandom(1), after => Assert.Contains("lost careless-", careless.Problem(after, disk.Position), StringComparison.Ordinal));
    }

    private void Cut(int recordings, int cuts)
    {
        var (random, problems, acknowledged, writes) = (new SeededRandom(20), new List<string>(), 0L, 0L);
        for (var recording = 0; recording < recordings; recording++)
        {
            using var disk = new PowerCutDisk();
            var (home, faults) = (Path.Combine(disk.Path, "home"), new ConcurrentQueue<Exception>());
            var writers = Stores.All();
            Directory.CreateDirectory(home);
            // What is made once, at the first start, is there before.
            var began = disk.Position;
            var threads = writers.Select(writer => new Thread(() =>
            {
                try { writer.Run(disk, home, Changes); }
                catch (Exception e) { faults.Enqueue(e); }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            Assert.Empty(faults);
            writes += disk.Position;
            for (var cut = 0; cut < cuts; cut++)
            {
                var position = began + random.Next(disk.Position - began + 1);
                acknowledged += writers.Sum(writer => writer.AcknowledgedBy(position));
                disk.CutAt(position, random, after =>
                {
                    foreach (var writer in writers)
                    {
                        if (writer.Problem(Path.Combine(after, "home"), position) is { } problem) problems.Add($"recording {recording}, write {position} of {disk.Position}: {problem}");
                    }
                });
            }
        }
        output.WriteLine($"figure: power cut: {recordings * cuts} disks drawn from {writes} recorded writes and flushes, {acknowledged} acknowledged changes of {Stores.All().Length} stores looked for: {problems.Count} wrong");
        Assert.True(acknowledged > recordings * cuts);
        Assert.Empty(problems);
    }
}
