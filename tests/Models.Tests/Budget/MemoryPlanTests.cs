using Models.Budget;
using Models.Onnx.Attention;

namespace Models.Tests.Budget;

public sealed class MemoryPlanTests
{
    private const long MB = 1 << 20;
    private static readonly MemoryWishes Open = new();

    [Fact]
    public void Make_AnyModelMachineAndWish_StaysInsideTheBudgetAndTheWishes()
    {
        var random = new Random(1);
        var made = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (footprint, machine, wishes) = (Footprints.Random(random), MemorySnapshot.Of(Footprints.Size(random, 64 * MB, 64_000 * MB)), Footprints.Wishes(random));
            if (MemoryPlan.TryMake(footprint, machine, wishes) is not { } plan) continue;
            made++;
            Assert.True(plan.Total <= plan.Budget, $"{plan} of {footprint}");
            Assert.True(plan.Budget <= machine.Room - MemoryPlan.Reserve(machine.Capacity));
            Assert.InRange(plan.ContextLength, 1, Math.Min(footprint.ContextLength, wishes.ContextLength ?? int.MaxValue));
            Assert.InRange(plan.Sequences, 1, wishes.Sequences ?? 8);
            Assert.InRange(plan.PrefillChunk, 1, wishes.PrefillChunk ?? 256);
            Assert.True(wishes.KvType is null || wishes.KvType == plan.KvType);
            // One request may fill the whole context, and what is retained is part of the pool.
            Assert.True(plan.KvPoolBytes >= plan.ContextLength * footprint.KvBytesPerToken(plan.KvType));
            Assert.InRange(plan.RetainedBytes, 0, plan.KvPoolBytes);
        }
        Assert.True(made > 5000, $"only {made} plans were made");
    }

    [Fact]
    public void Make_MoreMemory_NeverGivesLessOfAnything()
    {
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            var (footprint, wishes) = (Footprints.Random(random), Footprints.Wishes(random));
            MemoryPlan? less = null;
            for (var room = 128 * MB; room < 64_000 * MB; room += 1 + (long)(room * 0.2 * random.NextDouble()))
            {
                var more = MemoryPlan.TryMake(footprint, MemorySnapshot.Of(room), wishes);
                if (less is not null)
                {
                    Assert.NotNull(more);
                    Assert.True(more.ContextLength >= less.ContextLength, $"context at {room}");
                    Assert.True(more.Sequences >= less.Sequences, $"sequences at {room}");
                    Assert.True(more.PrefillChunk >= less.PrefillChunk, $"chunk at {room}");
                    Assert.True(more.KvType <= less.KvType, $"type at {room}");
                    Assert.True(more.KvPoolBytes >= less.KvPoolBytes, $"pool at {room}");
                    Assert.True(more.KeepAlive >= less.KeepAlive, $"keep-alive at {room}");
                }
                less = more;
            }
        }
    }

    [Fact]
    public void Make_RefusesExactlyWhereTheLeastPlanDoesNotFit()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var (footprint, wishes) = (Footprints.Random(random), Footprints.Wishes(random));
            var refused = Assert.Throws<MemoryException>(() => MemoryPlan.Make("any", footprint, MemorySnapshot.Of(0), wishes));
            // The reserve is a twentieth between 64 and 512 MB: ask for room until exactly the needed bytes are usable.
            var (low, high) = (refused.Needed, refused.Needed + 513 * MB);
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (MemoryPlan.BudgetOf(MemorySnapshot.Of(middle)) >= refused.Needed) high = middle;
                else low = middle + 1;
            }
            Assert.NotNull(MemoryPlan.TryMake(footprint, MemorySnapshot.Of(low), wishes));
            Assert.Null(MemoryPlan.TryMake(footprint, MemorySnapshot.Of(low - 1), wishes));
        }
    }

    [Fact]
    public void Make_AsMemoryGrows_GivesWhatMattersFirst()
    {
        var tight = Plan(526 * MB);
        Assert.Equal((KvType.Int8, 512, 1, 64), (tight.KvType, tight.ContextLength, tight.Sequences, tight.PrefillChunk));
        Assert.True(tight.IsTight);
        var small = Plan(600 * MB);
        Assert.Equal((KvType.Float16, 1), (small.KvType, small.Sequences));
        Assert.False(small.IsTight);
        var middle = Plan(1000 * MB);
        Assert.Equal((KvType.Float32, 4, 256), (middle.KvType, middle.Sequences, middle.PrefillChunk));
        Assert.InRange(middle.ContextLength, 8192, 32_767);
        var large = Plan(8000 * MB);
        Assert.Equal((KvType.Float32, 8, 32_768), (large.KvType, large.Sequences, large.ContextLength));
        Assert.True(large.KvPoolBytes > large.WorkingKvBytes);
        Assert.Equal(TimeSpan.FromMinutes(30), large.KeepAlive);
        Assert.Equal(TimeSpan.FromMinutes(5), middle.KeepAlive);
    }

    [Fact]
    public void Make_Int8_IsOnlyForHeadsThatBearIt()
    {
        var plan = MemoryPlan.TryMake(Footprints.Half with { HeadSize = 16, KvHeads = 192 }, MemorySnapshot.Of(540 * MB), Open)!;
        Assert.Equal(KvType.Float16, plan.KvType);
    }

    [Fact]
    public void Make_WhatDoesNotFit_SaysHowMuchAndWhatWould()
    {
        var limited = MemorySnapshot.Of(4000 * MB) with { Limit = new CgroupMemory("/own", 512 * MB, 300 * MB) };
        var error = Assert.Throws<MemoryException>(() => MemoryPlan.Make("qwen", Footprints.Half, limited, Open));
        Assert.Matches(@"^qwen needs 46\d MB of memory with 512 tokens of context, and 236 MB can be used \(300 MB available under a limit of 512 MB, 64 MB kept free\)\.", error.Message);
        Assert.Matches(@"A model of about \d+ million parameters in int4 would fit; or free \d+ MB\.$", error.Message);

        var floats = Footprints.Half with { MappedBytes = 0, PrivateBytes = 1900 * MB };
        error = Assert.Throws<MemoryException>(() => MemoryPlan.Make("qwen", floats, MemorySnapshot.Of(1000 * MB), Open));
        Assert.Matches(@"Imported again with --quantize int4 it needs \d+ MB and fits\.$", error.Message);
    }

    private static MemoryPlan Plan(long room) => MemoryPlan.TryMake(Footprints.Half, MemorySnapshot.Of(room), Open)!;
}
