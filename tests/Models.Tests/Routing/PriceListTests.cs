using Models.Routing;

namespace Models.Tests.Routing;

public sealed class PriceListTests
{
    [Theory]
    [InlineData("gpt-4o-mini", 150_000, 600_000)]
    [InlineData("gpt-4o-mini-2024-07-18", 150_000, 600_000)]
    [InlineData("claude-sonnet-4-5-20250929", 3_000_000, 15_000_000)]
    public void Find_AKnownModel_KnowsItsVersionsToo(string model, long input, long output) => Assert.Equal(new Price(input, output), PriceList.Find(model)!.Value.Price);

    [Theory]
    [InlineData("gpt-4o-mini-audio-preview")]
    [InlineData("my-own-model")]
    [InlineData("")]
    public void Find_AnyOther_HasNoPrice(string model) => Assert.Null(PriceList.Find(model));

    [Fact]
    public void Of_Anything_IsRoundedUpAndNeverTooLittle()
    {
        Assert.Equal((0, 1, 3, 18_000), (new Price(1, 1).Of(0, 0), new Price(1, 1).Of(1, 0), new Price(3_000_000, 15_000_000).Of(1, 0), new Price(3_000_000, 15_000_000).Of(1000, 1000)));
        Assert.Equal(long.MaxValue, new Price(long.MaxValue, long.MaxValue).Of(long.MaxValue, long.MaxValue));
    }
}
