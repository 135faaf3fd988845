using System.Diagnostics;
using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary>The page at / of the published binary, in a headless browser, with the model that the program carries.</summary>
public sealed class ChatPageTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    // RFC 8032, 7.1, test 1: the seed of a screen's key, and the SHA-256 of the key that it gives.
    private const string Seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    private static readonly string BoxKeyId = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));

    [ChatPageFact]
    public async Task Page_InABrowser_LetsAPersonInAndTalk()
    {
        using var home = new TemporaryFolder();
        await File.WriteAllTextAsync(home["token"], Token);
        await using var server = await RunningServer.StartAsync(home.Path, (program, arguments) => ("/usr/bin/env", ["APPLIANCE_BUILTIN=1", program, .. arguments]), "--token-file", home["token"]);
        var added = await ApplianceBinary.RunAsync(home.Path, "people", "add", "screen", "--role", "member");
        Assert.True(added.ExitCode == 0, added.Error);
        using var node = Process.Start(new ProcessStartInfo(Node.Path!, [Script, server.Client.BaseAddress!.ToString().TrimEnd('/'), Token, await LinkAsync(home.Path), $"{await LinkAsync(home.Path, "--person", "screen")}&screen={Seed}", Environment.GetEnvironmentVariable("SCREENSHOTS") ?? ""])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["CHROMIUM"] = ChatPageFactAttribute.Chromium },
        })!;
        var error = node.StandardError.ReadToEndAsync();
        var first = await node.StandardOutput.ReadLineAsync();
        if (first == """{"ready":true}""")
        {
            // Somebody else's program asks; the person at the page answers.
            var asked = await ApplianceBinary.RunAsync(home.Path, "call", "exec.approval.request", """{"command":"git push origin main","host":"gateway","timeoutMs":120000}""");
            Assert.Contains("allow-once", asked.Output, StringComparison.Ordinal);
            first = await node.StandardOutput.ReadLineAsync();
        }
        await node.WaitForExitAsync();
        Assert.True(first is not null, await error);
        var told = JsonDocument.Parse(first).RootElement;
        Assert.False(told.TryGetProperty("error", out var fault), fault.ToString());

        Assert.Equal("token", told.GetProperty("focus").GetString());
        Assert.Equal("This is not the gateway's token.", told.GetProperty("wrong").GetString());
        var log = told.GetProperty("log").GetString()!;
        Assert.StartsWith("hello\n", log, StringComparison.Ordinal);
        Assert.Contains("list add", log, StringComparison.Ordinal);
        Assert.EndsWith(told.GetProperty("said").GetString()!, log, StringComparison.Ordinal);
        Assert.Contains("milk", told.GetProperty("said").GetString(), StringComparison.Ordinal);
        Assert.Equal(log, told.GetProperty("again").GetString());
        // What stays in the browser is its own token, for as long as its tab is there; the gateway's is nowhere.
        Assert.Equal("deviceToken,scopes|", told.GetProperty("kept").GetString());
        Assert.False(told.GetProperty("secret").GetBoolean());
        Assert.Contains("git push origin main", told.GetProperty("ask").GetString(), StringComparison.Ordinal);
        Assert.Equal("Allowed: git push origin main", told.GetProperty("allowed").GetString());
        Assert.Equal(server.Client.BaseAddress!.ToString(), told.GetProperty("address").GetString());
        Assert.StartsWith("This code is not good any more", told.GetProperty("late").GetString(), StringComparison.Ordinal);
        Assert.Equal($"true,0,{BoxKeyId}", told.GetProperty("screen").GetString());
        Assert.Equal("Thank you,text", told.GetProperty("typed").GetString());
        Assert.StartsWith("Thank you\n", told.GetProperty("fingers").GetString(), StringComparison.Ordinal);
        Assert.False(told.GetProperty("keys").GetBoolean());
        Assert.False(told.GetProperty("keysElsewhere").GetBoolean());
        Assert.Equal(390, told.GetProperty("wide").GetInt32());
        Assert.Equal("rgb(21, 23, 21)", told.GetProperty("dark").GetString());
        Assert.Empty(told.GetProperty("faults").EnumerateArray());
        Assert.Empty(told.GetProperty("elsewhere").EnumerateArray());
    }

    [Fact]
    public async Task Dashboard_PrintsALinkWithACode_OrWithTheTokenThatIsGiven()
    {
        using var home = new TemporaryFolder();
        await File.WriteAllTextAsync(home["token"], Token);
        await using var server = await RunningServer.StartAsync(home.Path, "--token-file", home["token"]);
        var address = server.Client.BaseAddress!.ToString();
        var code = await LinkAsync(home.Path);
        Assert.StartsWith($"{address}#code=", code, StringComparison.Ordinal);
        Assert.NotEqual(code, await LinkAsync(home.Path));
        Assert.Equal($"{address}#token={Token}", await LinkAsync(home.Path, "--token-file", home["token"]));
        Assert.StartsWith("https://box.example/#code=", await LinkAsync(home.Path, "--public-url", "https://box.example"), StringComparison.Ordinal);
        var drawn = await ApplianceBinary.RunAsync(home.Path, "dashboard", "--qr");
        Assert.Contains("▀", drawn.Output, StringComparison.Ordinal);
        Assert.Contains("once, within ten minutes", drawn.Error, StringComparison.Ordinal);
        var nobody = await ApplianceBinary.RunAsync(home.Path, "dashboard", "--person", "nobody");
        Assert.Contains("unknown person: nobody", nobody.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, nobody.ExitCode);
    }

    private static async Task<string> LinkAsync(string home, params string[] more)
    {
        var printed = await ApplianceBinary.RunAsync(home, ["dashboard", "--json", .. more]);
        Assert.True(printed.ExitCode == 0, printed.Error);
        return JsonDocument.Parse(printed.Output).RootElement.GetProperty("url").GetString()!;
    }

    private static string Script => Path.Combine(Repository.Root, "tests", "EndToEnd", "browser", "chat.mjs");
}

/// <summary>A test of the page; skipped with a word where there is no browser, nothing to drive it, or no built-in model.</summary>
public sealed class ChatPageFactAttribute : FactAttribute
{
    /// <summary>Looks what is there.</summary>
    public ChatPageFactAttribute()
    {
        if (Chromium is null) Skip = "Chromium is not installed.";
        else if (Node.Path is null) Skip = "no Node is installed";
        else if (BuiltInFactAttribute.PackedBytes == 0) Skip = "The program was built without a built-in model: models/builtin has no weights.";
    }

    /// <summary>Its file; null where there is none.</summary>
    public static string? Chromium { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
