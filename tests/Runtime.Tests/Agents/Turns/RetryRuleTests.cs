using Models;
using Models.Budget;
using Models.Generation;
using Runtime.Agents.Turns;

namespace Runtime.Tests.Agents.Turns;

/// <summary>What is tried again after which error, and how long after.</summary>
public sealed class RetryRuleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(4, null)]
    public void After_TooLittleMemory_WaitsLongerEachTime_AndGivesUp(int tries, int? seconds) =>
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, RetryRule.After(new MemoryException("short"), tries));

    [Theory]
    [InlineData(2, 0, 2)]
    [InlineData(2, 3, 2)]
    [InlineData(3600, 0, 30)]
    [InlineData(2, 4, null)]
    public void After_ABusyModel_WaitsAsLongAsItSays_WithinReason(int said, int tries, int? seconds) =>
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, RetryRule.After(new GenerationException("busy") { RetryAfter = TimeSpan.FromSeconds(said) }, tries));

    [Fact]
    public void After_WhatStaysAsItIs_IsNotTriedAgain() =>
        Assert.All((ModelException[])[new ModelException("broken"), new GenerationException("wrong"), new GenerationException("too long") { IsContextExceeded = true }], error => Assert.Null(RetryRule.After(error, 0)));
}
