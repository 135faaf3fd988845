using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EndToEnd.Services;
using TestKit;

namespace EndToEnd.Updates;

/// <summary>Releases in a folder, signed by OpenSSL as whoever publishes them does it.</summary>
internal sealed class ReleaseMaker : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string _keyId = "";

    /// <summary>Where the newest release lies.</summary>
    public string Stick => _folder["stick"];

    /// <summary>Where versions are kept.</summary>
    public string Slots => _folder["slots"];

    /// <summary>The box's home.</summary>
    public string Home => _folder["home"];

    private Dictionary<string, string> Environment => new() { ["APPLIANCE_SLOTS"] = Slots };

    /// <summary>A box that trusts a new key.</summary>
    public static async Task<ReleaseMaker> CreateAsync()
    {
        var maker = new ReleaseMaker();
        Directory.CreateDirectory(maker.Stick);
        await OpenSslAsync("genpkey", "-algorithm", "ed25519", "-out", maker._folder["key.pem"]);
        await OpenSslAsync("pkey", "-in", maker._folder["key.pem"], "-pubout", "-out", maker._folder["pub.pem"]);
        await OpenSslAsync("pkey", "-in", maker._folder["key.pem"], "-pubout", "-outform", "DER", "-out", maker._folder["pub.der"]);
        maker._keyId = Convert.ToHexStringLower(SHA256.HashData((await File.ReadAllBytesAsync(maker._folder["pub.der"]))[^32..]))[..16];
        var trusted = await maker.RunAsync("update", "trust", maker._folder["pub.pem"]);
        Assert.True(trusted.ExitCode == 0, trusted.Error);
        return maker;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Makes a release of a program.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="program">The program.</param>
    /// <param name="more">Models and skills, which make it a bundle: role, file of the stick, and the name it is installed by.</param>
    public async Task MakeAsync(long number, byte[] program, params (string Role, string File, string As)[] more)
    {
        await File.WriteAllBytesAsync(Path.Combine(Stick, "program"), program);
        var rid = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var files = string.Concat(more.Select(file => $", {Entry(file.Role, file.File, $"\"as\": \"{file.As}\"")}"));
        var manifest = Path.Combine(Stick, "update-stable.json");
        await File.WriteAllTextAsync(manifest, $$"""
            {"format": 1, "kind": "{{(more.Length == 0 ? "binary" : "bundle")}}", "version": "9.9.{{number}}", "release": {{number}}, "from": 0, "channel": "stable", "created": "{{At(-1)}}", "expires": "{{At(9)}}", "key": "{{_keyId}}",
             "files": [{{Entry("program", "program", $"\"rid\": \"{rid}\"")}}{{files}}]}
            """);
        await OpenSslAsync("pkeyutl", "-sign", "-inkey", _folder["key.pem"], "-rawin", "-in", manifest, "-out", manifest + ".sig");
    }

    /// <summary>Runs the installed program on the box.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => ApplianceBinary.RunWithAsync(Home, Environment, "", arguments);

    /// <summary>Starts it.</summary>
    public System.Diagnostics.Process Start(params string[] arguments) => ApplianceBinary.Start(Home, arguments, Environment);

    /// <summary>Starts its server.</summary>
    public Task<RunningServer> ServeAsync() => RunningServer.StartAsync(Home, (program, arguments) => ("/usr/bin/env", [$"APPLIANCE_SLOTS={Slots}", program, .. arguments]));

    private string Entry(string role, string name, string field) =>
        File.ReadAllBytes(Path.Combine(Stick, name)) is var content ? $$"""{"role": "{{role}}", "name": "{{name}}", {{field}}, "size": {{content.Length}}, "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(content))}}"}""" : "";

    private static string At(int days) => DateTimeOffset.UtcNow.AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static async Task OpenSslAsync(params string[] arguments)
    {
        var (code, output) = await Shell.RunAsync("openssl", arguments);
        Assert.True(code == 0, output);
    }
}
