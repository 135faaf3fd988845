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
    public void PowerCut_WhileAllStoresAreWritten_LosesNothingThatWasAcknowledged() => Cut(rounds: 1, together: 6, alone: 2);

    [PowerCutFact, Trait("Speed", "Slow")]
    public void PowerCut_AThousandTimes_LosesNothingThatWasAcknowledged() => Cut(rounds: 10, together: 30, alone: 10);

    // The proof itself must be able to fail.
    [PowerCutFact]
    public void PowerCut_FileThatNobodyWaitsFor_IsFoundLost()
    {
        using var disk = new PowerCutDisk();
        var careless = Stores.Careless();
        careless.Run(disk, disk.Path, Changes);
        disk.CutAt(disk.Position, new SeededRandom(1), after => Assert.Contains("lost careless-", careless.Problem(after, disk.Position), StringComparison.Ordinal));
    }

    // Together they meet each other's writes; alone nobody else's flush does for one that was forgotten.
    private void Cut(int rounds, int together, int alone)
    {
        var (random, sum) = (new SeededRandom(20), new Tally());
        for (var round = 0; round < rounds; round++)
        {
            Record(Stores.All(), together, random, sum);
            foreach (var writer in Stores.All()) Record([writer], alone, random, sum);
        }
        output.WriteLine($"figure: power cut: {sum.Cuts} disks drawn from {sum.Writes} recorded writes and flushes, {sum.Acknowledged} acknowledged changes of {Stores.All().Length} stores looked for: {sum.Problems.Count} wrong");
        Assert.True(sum.Acknowledged > sum.Cuts);
        Assert.Empty(sum.Problems);
    }

    private static void Record(StoreWriter[] writers, int cuts, SeededRandom random, Tally sum)
    {
        using var disk = new PowerCutDisk();
        var (home, faults) = (Path.Combine(disk.Path, "home"), new ConcurrentQueue<Exception>());
        Directory.CreateDirectory(home);
        var began = disk.Position;
        var threads = writers.Select(writer => new Thread(() =>
        {
            try { writer.Run(disk, home, Changes); }
            catch (Exception e) { faults.Enqueue(e); }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Empty(faults);
        sum.Writes += disk.Position;
        for (var cut = 0; cut < cuts; cut++)
        {
            var position = began + random.Next(disk.Position - began + 1);
            sum.Cuts++;
            sum.Acknowledged += writers.Sum(writer => writer.AcknowledgedBy(position));
            disk.CutAt(position, random, after =>
            {
                foreach (var writer in writers)
                {
                    if (writer.Problem(Path.Combine(after, "home"), position) is { } problem) sum.Problems.Add($"write {position} of {disk.Position}, {writers.Length} together: {problem}");
                }
            });
        }
    }

    private sealed class Tally
    {
        public int Cuts { get; set; }

        public long Writes { get; set; }

        public long Acknowledged { get; set; }

        public List<string> Problems { get; } = [];
    }
}
