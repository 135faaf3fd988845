using Models.Store;
using TestKit;

namespace Models.Tests.Store;

public sealed class HomeFolderTests
{
    [Fact]
    public void EnsureFolder_SeveralMissing_AreAllTheirOwnersAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        HomeFolder.EnsureFolder(folder["a/b/c"]);
        foreach (var path in (string[])["a", "a/b", "a/b/c"]) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder[path]));
    }

    [Fact]
    public void EnsureFolder_OneThatIsThere_IsLeftAsItIs()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead;
        Directory.CreateDirectory(folder["a"]);
        File.SetUnixFileMode(folder["a"], mode);
        HomeFolder.EnsureFolder(folder["a"]);
        Assert.Equal(mode, File.GetUnixFileMode(folder["a"]));
    }
}
