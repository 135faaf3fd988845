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
}
