using Models.Generation;

namespace Models.Tests.Generation;

public sealed class KeepAliveTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300", 300)]
    [InlineData("1.5", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1h1m1.5s", 3661.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("0s", 0)]
    public void TryParse_SecondsAndDurations_AreRead(string text, double seconds)
    {
        Assert.True(KeepAlive.TryParse(text, out var time));
        Assert.Equal(seconds, time.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-5m")]
    [InlineData("-0.5s")]
    [InlineData("9999999999h")]
    public void TryParse_BelowZeroOrBeyondACentury_IsForEver(string text)
    {
        Assert.True(KeepAlive.TryParse(text, out var time));
        Assert.Equal(Timeout.InfiniteTimeSpan, time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5 m")]
    [InlineData("m")]
    [InlineData("5x")]
    [InlineData("5m5")]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("forever")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(KeepAlive.TryParse(text, out _));
}
