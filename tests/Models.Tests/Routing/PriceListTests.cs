using Models.Routing;

namespace Models.Tests.Routing;

public sealed class PriceListTests
{
    [Theory]
    [InlineData("api.openai.com", "gpt-4o-mini", 150_000, 600_000)]
    [InlineData("api.openai.com", "gpt-4o-mini-2024-07-18", 150_000, 600_000)]
    [InlineData("api.openai.com", "gpt-4o-2024-11-20", 2_500_000, 10_000_000)]
    [InlineData("api.openai.com", "gpt-4o-2024-05-13", 5_000_000, 15_000_000)]
    [InlineData("api.anthropic.com", "claude-sonnet-4-5-20250929", 3_000_000, 15_000_000)]
    [InlineData("api.groq.com", "openai/gpt-oss-20b", 75_000, 300_000)]
    public void Find_AKnownModel_KnowsItsVersionsToo(string host, string model, long input, long output) => Assert.Equal(new Price(input, output), PriceList.Find(host, model)!.Value.Price);

    [Theory]
    [InlineData("api.openai.com", "gpt-4o-mini-audio-preview")]
    [InlineData("api.openai.com", "my-own-model")]
    [InlineData("api.openai.com", "")]
    [InlineData("127.0.0.1", "gpt-4o-mini")]
    [InlineData("gateway.example.org", "gpt-4o-mini")]
    // Whoever is free makes it there, at another price.
    [InlineData("openrouter.ai", "openai/gpt-oss-20b")]
    public void Find_AnyOther_HasNoPrice(string host, string model) => Assert.Null(PriceList.Find(host, model));

    [Fact]
    public void Of_Anything_IsRoundedUpAndNeverTooLittle()
    {
        Assert.Equal((0, 1, 3, 18_000), (new Price(1, 1).Of(0, 0), new Price(1, 1).Of(1, 0), new Price(3_000_000, 15_000_000).Of(1, 0), new Price(3_000_000, 15_000_000).Of(1000, 1000)));
        Assert.Equal(long.MaxValue, new Price(long.MaxValue, long.MaxValue).Of(long.MaxValue, long.MaxValue));
    }
}
