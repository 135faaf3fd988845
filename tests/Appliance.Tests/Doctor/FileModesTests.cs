using System.Runtime.Versioning;
using Appliance.Doctor;
using TestKit;

namespace Appliance.Tests.Doctor;

[SupportedOSPlatform("linux")]
public sealed class FileModesTests
{
    /// <summary>A home that everybody may change, by its own name or by a link, is taken away from them, and that is said.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Perms01_AHomeOfEverybodys_IsShutAndToldOnce(bool byALink)
    {
        using var folder = new TemporaryFolder();
        var home = Directory.CreateDirectory(folder["home"]).FullName;
        File.SetUnixFileMode(home, (UnixFileMode)0b111_111_111);
        var named = byALink ? File.CreateSymbolicLink(folder["link"], home).FullName : home;
        var told = new List<string>();

        FileModes.Shut(named, told.Add);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(home));
        Assert.Contains("777", Assert.Single(told), StringComparison.Ordinal);
        FileModes.Shut(named, told.Add);
        FileModes.Shut(folder["none"], told.Add);
        Assert.Single(told);
    }
}
