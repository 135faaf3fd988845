using Models.Store;

namespace Models.Tests.Store;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(317_512_345, "317.5 MB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    [InlineData(-1500, "-1.5 kB")]
    public void Format_Bytes_GivesOneDecimalOfTheFittingUnit(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1.5 gb", 1_500_000_000)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("800M", 800_000_000)]
    [InlineData("64kB", 64_000)]
    [InlineData("123", 123)]
    [InlineData("7B", 7)]
    public void TryParse_Sizes_AreRead(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1,5GB")]
    [InlineData("99999999999TB")]
    [InlineData("two")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
