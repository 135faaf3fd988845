using Models.Generation.Drafting;

namespace Models.Tests.Generation.Drafting;

/// <summary>Guesses from the text itself, and whether they pay.</summary>
public sealed class DraftingTests
{
    [Fact]
    public void Guess_LastThreeTokensStoodBefore_IsWhatFollowedThemLast()
    {
        var lookup = new PromptLookup();
        lookup.Append([1, 2, 3, 40, 41, 1, 2, 3, 50, 51, 52, 1, 2]);
        Assert.Equal([], lookup.Guess(8).ToArray());
        lookup.Append([3]);
        Assert.Equal([50, 51, 52, 1, 2, 3], lookup.Guess(8).ToArray());
        Assert.Equal([50, 51], lookup.Guess(2).ToArray());
        lookup.Append([99]);
        Assert.Equal([], lookup.Guess(8).ToArray());
    }

    [Fact]
    public void Choose_GuessesComeTrue_GuessesAllAndWhenTheyDoNot_OnlyNowAndThen()
    {
        var costs = new StepCosts();
        for (var rows = 1; rows <= 9; rows++) costs.Add(rows, TimeSpan.FromMilliseconds(10 + rows));
        var policy = new DraftPolicy(costs);
        for (var i = 0; i < 50; i++) policy.Learn(8, 8);
        Assert.Equal(8, policy.Choose(1, 8));
        for (var i = 0; i < 100; i++) policy.Learn(8, 0);
        Assert.Equal(1, Enumerable.Range(0, 32).Sum(_ => policy.Choose(1, 8)));
    }

    [Fact]
    public void Choose_WiderStepsCostAsMuchAsTheTokensTheyBring_IsNotWorthIt()
    {
        var costs = new StepCosts();
        for (var rows = 1; rows <= 9; rows++) costs.Add(rows, TimeSpan.FromMilliseconds(10 * rows));
        Assert.Equal(0, new DraftPolicy(costs).Choose(1, 8));
    }
}
