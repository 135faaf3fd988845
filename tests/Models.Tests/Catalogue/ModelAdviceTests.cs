using Models.Budget;
using Models.Catalogue;
using Models.Store;

namespace Models.Tests.Catalogue;

public sealed class ModelAdviceTests
{
    private const long Disk = 100_000_000_000;

    [Fact]
    public void Catalogue_EveryModel_HasAValidNameAndASourceThatPullReads()
    {
        Assert.All(ModelCatalogue.All, model =>
        {
            Assert.True(ModelName.IsValid(model.Name), model.Name);
            Assert.Matches("^hf:[A-Za-z0-9._-]+/[A-Za-z0-9._-]+:[A-Za-z0-9_]+$", model.Source);
            // What is fetched is about what its weights take.
            Assert.InRange((double)model.DownloadBytes / model.WeightBytes, 0.9, 1.6);
        });
        Assert.Equal(ModelCatalogue.All.Count, ModelCatalogue.All.Select(model => model.Name).Distinct().Count());
        Assert.Equal(ModelCatalogue.All.OrderBy(model => model.Parameters).Select(model => model.Name), ModelCatalogue.All.Select(model => model.Name));
    }

    [Theory]
    [InlineData(300_000_000, null)]
    [InlineData(1_000_000_000, "qwen2.5-0.5b")]
    [InlineData(16_000_000_000, "qwen3-8b")]
    public void For_AMachineThatWasNotMeasured_NamesTheLargestThatFits(long memory, string? expected)
    {
        var best = ModelAdvice.For(MemorySnapshot.Of(memory), Disk, null)[0];
        Assert.Equal(expected, best.Obstacle is null && best.IsComfortable ? best.Model.Name : null);
    }

    [Fact]
    public void For_ASlowMachine_PrefersWhatAnswersAsFastAsPeopleRead()
    {
        var fast = ModelAdvice.For(MemorySnapshot.Of(32_000_000_000), Disk, 1)[0];
        var slow = ModelAdvice.For(MemorySnapshot.Of(32_000_000_000), Disk, 0.1)[0];
        Assert.True(slow.Model.Parameters < fast.Model.Parameters);
        Assert.True(slow.TokensPerSecond >= 6);
        Assert.Equal(fast.TokensPerSecond!.Value / 10, ModelAdvice.For(MemorySnapshot.Of(32_000_000_000), Disk, 0.1).Single(a => a.Model == fast.Model).TokensPerSecond!.Value, 6);
    }

    [Fact]
    public void For_MoreMemoryOrDisk_NeverTakesAModelAway()
    {
        var before = new HashSet<string>();
        for (var memory = 100_000_000L; memory < 20_000_000_000; memory += 500_000_000)
        {
            var now = ModelAdvice.For(MemorySnapshot.Of(memory), Disk, null).Where(advice => advice.Obstacle is null).Select(advice => advice.Model.Name).ToHashSet();
            Assert.Superset(before, now);
            before = now;
        }
        Assert.Equal(ModelCatalogue.All.Count, before.Count);
        var noDisk = ModelAdvice.For(MemorySnapshot.Of(20_000_000_000), 1_000_000, null);
        Assert.All(noDisk, advice => Assert.Contains("of disk", advice.Obstacle, StringComparison.Ordinal));
    }
}
