using Models.Budget;

namespace Models.Tests.Budget;

/// <summary>The governor's decisions over made-up readings; 800 bytes are to stay free.</summary>
public sealed class MemoryWatchTests
{
    private const long Reserve = 800;

    [Fact]
    public void Next_PlentyOfMemory_DoesNothing() => Assert.Equal(default, Run(1000, 5000, 801, 100_000));

    [Fact]
    public void Next_OneNoisyReading_DoesNothing() => Assert.Equal(default, Run(1000, 500, 1000, 1000, 500, 1000));

    [Fact]
    public void Next_TwoShortReadings_ShedTheCache() => Assert.Equal(MemoryStep.ShedCache, Run(1000, 500, 500).Step);

    [Fact]
    public void Next_FallingMemory_GoesThroughEveryStepInOrder()
    {
        var watch = default(MemoryWatch);
        var steps = new List<MemoryStep>();
        for (var room = 1200; room > 300; room -= 50)
        {
            var next = watch.Next(room, Reserve, null);
            Assert.InRange(next.Step - watch.Step, 0, 1);
            watch = next;
            steps.Add(watch.Step);
        }
        Assert.Equal([MemoryStep.None, MemoryStep.ShedCache, MemoryStep.LimitBatch], steps.Distinct());
        for (var i = 0; i < 8; i++) watch = watch.Next(310, Reserve, null);
        Assert.Equal(MemoryStep.Refuse, watch.Step);
    }

    [Fact]
    public void Next_NearTheLimit_ActsAtOnce() => Assert.Equal(MemoryStep.ShedCache, Run(1000, 299).Step);

    [Fact]
    public void Next_AlmostAtTheLimit_DoesAllThatHelpsAtOnce() => Assert.Equal(MemoryStep.UnloadIdle, Run(1000, 99).Step);

    [Fact]
    public void Next_RecoveringMemory_TakesStepsBackOneByOne()
    {
        var watch = Run(99, 99);
        Assert.Equal(MemoryStep.Refuse, watch.Step);
        for (var step = MemoryStep.UnloadIdle; step >= MemoryStep.None; step--)
        {
            for (var i = 0; i < MemoryWatch.CalmsToRestore; i++) watch = watch.Next(900, Reserve, null);
            Assert.Equal(step, watch.Step);
        }
    }

    [Fact]
    public void Next_BetweenTheMarks_StaysWhereItIs()
    {
        var watch = Run(500, 500);
        for (var i = 0; i < 100; i++) watch = watch.Next(700, Reserve, null);
        Assert.Equal(MemoryStep.ShedCache, watch.Step);
    }

    [Fact]
    public void Next_OscillatingMemory_DoesNotSwing()
    {
        var watch = default(MemoryWatch);
        var changes = 0;
        for (var i = 0; i < 1000; i++)
        {
            var next = watch.Next(i % 4 < 2 ? 500 : 900, Reserve, null);
            if (next.Step < watch.Step) changes++;
            watch = next;
        }
        Assert.Equal(0, changes);
    }

    [Fact]
    public void Next_AnyTrace_NeverSkipsAStepBackAndNeverActsOnOneReadingAboveTheNearMark()
    {
        var random = new Random(4);
        for (var run = 0; run < 500; run++)
        {
            var watch = default(MemoryWatch);
            long before = 1000;
            for (var i = 0; i < 200; i++)
            {
                var room = (long)(random.NextDouble() * 1600);
                var next = watch.Next(room, Reserve, null);
                Assert.True(next.Step >= watch.Step - 1);
                if (next.Step > watch.Step) Assert.True(room < MemoryWatch.NearMark(Reserve) || (room < MemoryWatch.ShortMark(Reserve) && before < MemoryWatch.ShortMark(Reserve)));
                (watch, before) = (next, room);
            }
        }
    }

    [Fact]
    public void Next_StallsWithRoomLeft_LimitButDoNotRefuse()
    {
        var watch = default(MemoryWatch);
        for (var i = 0; i < 50; i++) watch = watch.Next(5000, Reserve, new MemoryPressure(60, 30));
        Assert.Equal(MemoryStep.LimitContext, watch.Step);
        for (var i = 0; i < 50; i++) watch = watch.Next(5000, Reserve, new MemoryPressure(20, 0));
        Assert.Equal(MemoryStep.LimitContext, watch.Step);
        for (var i = 0; i < 50; i++) watch = watch.Next(5000, Reserve, new MemoryPressure(0, 0));
        Assert.Equal(default, watch);
    }

    private static MemoryWatch Run(params long[] rooms) => rooms.Aggregate(default(MemoryWatch), (watch, room) => watch.Next(room, Reserve, null));
}
