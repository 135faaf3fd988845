using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware.Board;

namespace Runtime.Tests.Hardware.Board;

public sealed class PinLevelTests
{
    [Theory]
    [InlineData("on", 100)]
    [InlineData("OFF", 0)]
    [InlineData(" true", 100)]
    [InlineData("40", 40)]
    [InlineData("40 %", 40)]
    [InlineData("40%", 40)]
    public void TryParse_OfALevel_IsItsPercent(string text, int percent)
    {
        Assert.True(PinLevel.TryParse(text, out var read));
        Assert.Equal(percent, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("bright")]
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(PinLevel.TryParse(text, out _));

    [Fact]
    public void Text_OfEveryLevel_IsReadAsTheSame() => Prop.ForAll(Gen.Choose(0, 100).ToArbitrary(), percent =>
        PinLevel.TryParse(PinLevel.Text(percent, true), out var read) && read == percent).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_OfAnything_IsBetweenOffAndOn() => Prop.ForAll<NonNull<string>>(text =>
        !PinLevel.TryParse(text.Get, out var read) || read is >= 0 and <= 100).QuickCheckThrowOnFailure();
}
