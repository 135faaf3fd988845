using Models.Budget;

namespace Models.Tests.Budget;

public sealed class MemoryEstimateTests
{
    private static readonly MemoryEstimate Half = new(Weights: 450 << 20, KvPerToken: 24_576, Working: 64 << 20, ContextLength: 32_768);

    [Fact]
    public void Require_WhatDoesNotFit_SaysHowMuchAndWhatWould()
    {
        var error = Assert.Throws<ModelException>(() => Half.Require("qwen", 256 << 20));
        Assert.Contains("qwen needs 526 MB", error.Message, StringComparison.Ordinal);
        Assert.Contains("256 MB are available", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 128 MB on disk would fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_WhatFits_IsSilent() => Half.Require("qwen", 600 << 20);

    [Fact]
    public void TokensIn_GivesTheContextThatFits_AtMostTheModelsOwn()
    {
        Assert.Equal(0, Half.TokensIn(100 << 20));
        Assert.Equal(32_768, Half.TokensIn(long.MaxValue / 2));
        var tokens = Half.TokensIn(600 << 20);
        Assert.True(Half.At(tokens) <= 600 << 20 && Half.At(tokens + 1) > 600 << 20);
    }

    [Fact]
    public void MachineMemory_OnLinux_KnowsWhatThereIs()
    {
        Assert.True(MachineMemory.Available > 0);
        Assert.True(MachineMemory.PeakResident >= MachineMemory.Resident / 2);
    }
}
