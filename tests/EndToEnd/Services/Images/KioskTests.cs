using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;

namespace EndToEnd.Services.Images;

/// <summary>How the kiosk's screen is let in: its two scripts as they are, but for their folders, with the published binary.</summary>
public sealed partial class KioskTests : IDisposable
{
    private readonly TemporaryFolder _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task Kiosk_EachStart_IsLetInOnce_AsAPersonOfItsOwn()
    {
        await using var server = await RunningServer.StartAsync(Prepare());
        await LetInAsync();
        var first = await OpenedAsync();
        var found = Link().Match(first);
        Assert.True(found.Success, first);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_box["run/code"]));

        // It may talk, and not administer or approve, whatever it asks for; and in sessions of its own.
        await using (var screen = await GatewayClient.OpenAsync(server.Client.BaseAddress!))
        {
            var hello = await screen.AskAsync("connect", screen.Device(new DeviceKey(1), new JsonObject { ["bootstrapToken"] = found.Groups[1].Value }, scopes: ["operator.read", "operator.write", "operator.approvals", "operator.questions"]));
            Assert.Equal(["operator.read", "operator.write", "operator.questions"], hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
            Assert.Equal("agent:main:direct:screen", (await screen.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("sessionKey").GetString());
        }
        await using (var thief = await GatewayClient.OpenAsync(server.Client.BaseAddress!))
        {
            var refused = await thief.RequestAsync("connect", thief.Device(new DeviceKey(2), new JsonObject { ["bootstrapToken"] = found.Groups[1].Value }));
            Assert.Equal("AUTH_BOOTSTRAP_TOKEN_INVALID", refused.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        }

        // The next start has another code and the same key; what its owner made of the person stays.
        Assert.Equal(0, (await ApplianceBinary.RunAsync(_box["home"], "people", "role", "screen", "guest")).ExitCode);
        await LetInAsync();
        var again = Link().Match(await OpenedAsync());
        Assert.NotEqual(found.Groups[1].Value, again.Groups[1].Value);
        Assert.Equal(found.Groups[2].Value, again.Groups[2].Value);
        Assert.Matches("screen +guest", (await ApplianceBinary.RunAsync(_box["home"], "people", "list")).Output);
    }

    [Fact]
    public async Task Kiosk_WhosePersonWasRemoved_ShowsThePageAndIsNotLetIn()
    {
        await using var server = await RunningServer.StartAsync(Prepare());
        await LetInAsync();
        Assert.Equal(0, (await ApplianceBinary.RunAsync(_box["home"], "people", "remove", "screen")).ExitCode);
        var (code, error) = await RunAsync("kiosk-code");
        Assert.NotEqual(0, code);
        Assert.Contains("unknown person: screen", error, StringComparison.Ordinal);
        Assert.Equal("http://127.0.0.1:18789/", await OpenedAsync());
        Assert.Equal("https://else.example/#token=mine", await OpenedAsync("https://else.example/#token=mine"));
    }

    private async Task LetInAsync()
    {
        var (code, output) = await RunAsync("kiosk-code");
        Assert.True(code == 0, output);
    }

    // The machine's folders and programs, and in the place of who changes users one who does not.
    private string Prepare()
    {
        foreach (var folder in (string[])["home", "run", "state", "bin"]) Directory.CreateDirectory(_box[folder]);
        foreach (var name in (string[])["kiosk", "kiosk-code"])
        {
            File.WriteAllText(_box[name], File.ReadAllText(Path.Combine(Shell.Scripts, "image", "root-kiosk", "usr", "lib", "appliance", name))
                .Replace("/run/kiosk", _box["run"], StringComparison.Ordinal).Replace("/var/lib/appliance-kiosk", _box["marks"], StringComparison.Ordinal)
                .Replace("/var/lib/kiosk", _box["state"], StringComparison.Ordinal).Replace("/usr/bin/appliance", ApplianceBinary.Path, StringComparison.Ordinal));
        }
        File.WriteAllText(_box["bin/setpriv"], "#!/bin/sh\nwhile case $1 in --*) ;; *) false ;; esac do shift; done\nexec \"$@\"\n");
        File.WriteAllText(_box["bin/chromium"], "#!/bin/sh\nfor last do :; done\nprintf '%s' \"$last\"\n");
        foreach (var program in (string[])["setpriv", "chromium"])
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_box[$"bin/{program}"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _box["home"];
    }

    private Task<(int Code, string Output)> RunAsync(string script, string page = "") => Shell.RunAsync("sh", [_box[script]], new Dictionary<string, string>
    {
        ["PATH"] = $"{_box["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
        ["APPLIANCE_HOME"] = _box["home"],
        ["KIOSK_URL"] = page,
    });

    private async Task<string> OpenedAsync(string page = "") => (await RunAsync("kiosk", page)).Output;

    [GeneratedRegex("^http://127\\.0\\.0\\.1:18789/#code=([A-Za-z0-9_-]{43})&screen=([0-9a-f]{64})$")]
    private static partial Regex Link();
}
