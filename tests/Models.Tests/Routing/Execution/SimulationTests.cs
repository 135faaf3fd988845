using Xunit.Abstractions;

namespace Models.Tests.Routing.Execution;

/// <summary>
/// Ten thousand afternoons of outages, storms of 429, sign-in pages, answers that drip, cut streams, clocks that are set and prices that
/// change: nothing private reaches a cloud, no hour costs more than its limit, nothing is said or done twice, and every turn ends.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void AThousandAfternoons_WhateverHappens_EveryPromiseHolds() => Run(first: 1, 1000);

    [Fact]
    [Trait("Speed", "Slow")]
    public void TenThousandAfternoons_WhateverHappens_EveryPromiseHolds() => Run(first: 1, 10_000);

    private void Run(ulong first, ulong count)
    {
        var (answered, refused, continued, hedged, attempts) = (0, 0, 0, 0, 0);
        for (var seed = first; seed < first + count; seed++)
        {
            var world = new SimulatedWorld(seed);
            try { world.Run(); }
            catch (Exception e) when (e is not OutOfMemoryException) { throw new InvalidOperationException($"seed {seed}: {e.Message}", e); }
            answered += world.Answered;
            refused += world.Refused;
            continued += world.Continued;
            hedged += world.Hedged;
            attempts += world.Records.Sum(r => r.Attempts.Count);
        }
        output.WriteLine($"figure: {count} simulated afternoons: {answered} turns answered, {refused} refused, {attempts} calls, {continued} answers continued, {hedged} hedged");
        // They must have been eventful.
        Assert.True(answered > (int)count && refused > (int)count / 4 && continued > (int)count / 20 && hedged > (int)count / 50 && attempts > answered);
    }
}
