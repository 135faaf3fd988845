using TestKit;

namespace EndToEnd.Services;

/// <summary>A release made by firmware-scripts/release.sh, fetched from a server and installed by its install.sh, and what that refuses.</summary>
public sealed class ReleaseTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeServer _server;
    private string Release => _folder["release"];

    public ReleaseTests() => _server = new FakeServer(request =>
    {
        var file = Path.Combine(Release, Path.GetFileName(request.Target));
        return File.Exists(file) ? new FakeReply(200, File.ReadAllBytes(file)) : new FakeReply(404);
    });

    public async Task InitializeAsync()
    {
        // A program that says what it was asked: what is fetched and run is the release's, whatever it does.
        await File.WriteAllTextAsync(_folder["program"], "#!/bin/sh\necho \"ran $*\"\n");
        await Shell.RunAsync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", _folder["key.pem"]]);
        var (code, output) = await Shell.RunAsync("bash", [Path.Combine(Shell.Scripts, "release.sh"), _folder["key.pem"], Release, $"x64={_folder["program"]}", $"arm64={_folder["program"]}"],
            new Dictionary<string, string> { ["RELEASE_URL"] = _server.Address.TrimEnd('/') });
        Assert.True(code == 0, output);
    }

    public Task DisposeAsync()
    {
        _server.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [ToolFact("openssl", "curl", "dpkg-deb")]
    public async Task Install_OfARelease_RunsWhatWasSigned() =>
        Assert.Contains("ran install --user --dry-run\n", (await InstallAsync(0)).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [ToolFact("openssl", "curl", "dpkg-deb")]
    public async Task Install_OfAChangedFile_RunsNothing()
    {
        foreach (var name in (string[])["appliance-linux-x64", "appliance-linux-arm64"]) await File.AppendAllTextAsync(Path.Combine(Release, name), "echo gotcha\n");
        Assert.Contains("not what was signed", await InstallAsync(1), StringComparison.Ordinal);
    }

    [ToolFact("openssl", "curl", "dpkg-deb")]
    public async Task Install_WithOtherChecksums_RunsNothing()
    {
        await File.AppendAllTextAsync(Path.Combine(Release, "SHA256SUMS"), "\n");
        Assert.Contains("is not the release's", await InstallAsync(1), StringComparison.Ordinal);
    }

    [ToolFact("openssl", "curl", "dpkg-deb")]
    public async Task Install_SignedByAnotherKey_RunsNothing()
    {
        await Shell.RunAsync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", _folder["other.pem"]]);
        var sums = Path.Combine(Release, "SHA256SUMS");
        Assert.Equal(0, (await Shell.RunAsync("openssl", ["pkeyutl", "-sign", "-inkey", _folder["other.pem"], "-rawin", "-in", sums, "-out", sums + ".sig"])).Code);
        Assert.Contains("is not the release's", await InstallAsync(1), StringComparison.Ordinal);
    }

    [ToolFact("openssl", "curl", "dpkg-deb")]
    public async Task Install_WithoutASignature_RunsNothing()
    {
        File.Delete(Path.Combine(Release, "SHA256SUMS.sig"));
        Assert.Contains("cannot fetch", await InstallAsync(1), StringComparison.Ordinal);
    }

    [ToolFact("openssl", "dpkg-deb")]
    public async Task Install_ScriptOfTheSources_HasNoKey_AndSaysSo() =>
        Assert.Contains("no key in it", (await Shell.RunAsync("sh", [Path.Combine(Shell.Scripts, "install.sh")])).Output, StringComparison.Ordinal);

    private async Task<string> InstallAsync(int expected)
    {
        var (code, output) = await Shell.RunAsync("sh", [Path.Combine(Release, "install.sh"), "--user", "--dry-run"]);
        Assert.True(code == expected, output);
        if (expected != 0)
        {
            Assert.DoesNotContain("ran ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("gotcha", output, StringComparison.Ordinal);
        }
        return output;
    }
}
