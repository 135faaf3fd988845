using Models.Import.Sources;
using TestKit;

namespace Models.Tests.Import.Sources;

public sealed class LicenseFileTests
{
    [Theory]
    [InlineData("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\nlicense: not this\n", "apache-2.0")]
    [InlineData("---\nlicense: other\nlicense_name: \"tongyi-qianwen\"\n---\n", "tongyi-qianwen")]
    [InlineData("---\nlicense: other\n---\n", "other")]
    [InlineData("# Model\nlicense: apache-2.0\n", null)]
    [InlineData("", null)]
    public void Find_ModelCard_ReadsItsFrontMatter(string card, string? expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["README.md"], card);
        Assert.Equal(expected, LicenseFile.Find(folder.Path));
    }

    [Fact]
    public void Find_OnlyALicenceFile_GivesItsFirstLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["LICENSE.txt"], "\n  MIT License \n\nCopyright\n");
        Assert.Equal("MIT License", LicenseFile.Find(folder.Path));
    }
}
