using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware;
using Runtime.Hardware.Board;

namespace Runtime.Tests.Hardware.Board;

public sealed class BusBytesTests
{
    [Theory]
    [InlineData("0f", "0f")]
    [InlineData("0x00A1", "00a1")]
    [InlineData("0x0f, 0xa1 7e", "0fa17e")]
    [InlineData("", "")]
    public void Parse_OfBytesAsPeopleWriteThem_IsThose(string text, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(BusBytes.Parse(text)));

    [Theory]
    [InlineData("f")]
    [InlineData("0x0 0x1")]
    [InlineData("on")]
    public void Parse_OfAnythingElse_SaysSo(string text) =>
        Assert.Contains("no row of bytes", Assert.Throws<HardwareException>(() => BusBytes.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_OfAnyBytesInHexadecimal_IsReadAsTheSame() => Prop.ForAll<byte[]>(bytes =>
        BusBytes.Parse(BusBytes.Text(bytes, mayBeText: false)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("OK\r\n", "OK\r\n")]
    [InlineData("21.5 °C", "21.5 °C")]
    [InlineData("\u001b[2J", "1b5b324a")]
    [InlineData("a\0b", "610062")]
    public void Text_OfASerialPort_IsTextWhereItCanBeRead(string sent, string shown) => Assert.Equal(shown, BusBytes.Text(System.Text.Encoding.UTF8.GetBytes(sent), mayBeText: true));

    [Fact]
    public void Text_OfHalfACharacter_IsHexadecimal() => Assert.Equal("c3", BusBytes.Text([0xC3], mayBeText: true));
}
