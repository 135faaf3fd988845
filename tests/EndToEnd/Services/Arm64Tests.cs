using System.Diagnostics;
using System.Text.Json;
using TestKit;

namespace EndToEnd.Services;

/// <summary>The native ONNX Runtime of arm64, under qemu-user, with a model folder that the published file wrote here.</summary>
public sealed class Arm64Tests
{
    private static readonly string Tools = Path.Combine(Repository.Root, "artifacts", "arm64");

    [Arm64Fact]
    public async Task ModelFolder_OnArm64_GivesTheGoldenTokens()
    {
        using var home = new TemporaryFolder();
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find(StoryModel.Reference.Split('/'))!, "--as", "story", "--quantize", "none");
        Assert.True(import.ExitCode == 0, import.Error);
        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(home["models"], "model.onnx", SearchOption.AllDirectories).Single())!;
        using var golden = JsonDocument.Parse(await File.ReadAllTextAsync(Shared.Find("models", "golden", "tinystories-656k-f32-greedy.json")!));
        var first = golden.RootElement.GetProperty("cases")[0];
        var (code, output) = await Shell.RunAsync("bash", [Path.Combine(Shell.Scripts, "arm64", "run.sh"), Tools, folder, first.GetProperty("prompt_tokens").GetRawText(), "16"]);
        Assert.True(code == 0, output);
        using var seen = JsonDocument.Parse(output.Split('\n').Single(line => line.StartsWith('{')));
        Assert.Equal("arm64", seen.RootElement.GetProperty("arch").GetString());
        Assert.Equal(Ints(first.GetProperty("tokens"))[..16], Ints(seen.RootElement.GetProperty("tokens")));
    }

    [Arm64ProgramFact]
    public async Task Program_OnArm64_IsReadyAndItsBuiltInModelAnswers()
    {
        using var home = new TemporaryFolder();
        var (code, version) = await Shell.RunAsync("bash", Line(home, "--version"));
        Assert.True(code == 0, version);
        Assert.Equal((await File.ReadAllTextAsync(Path.Combine(Repository.Root, "version.txt"))).Trim(), version.Trim());
        var (status, said) = await Shell.RunAsync("bash", Line(home, "status", "--json"));
        Assert.True(status == 0, said);

        var start = new ProcessStartInfo("bash", Line(home, "serve", "--port", "0")) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["APPLIANCE_BUILTIN"] = "1" } };
        using var server = Process.Start(start)!;
        try
        {
            var error = server.StandardError.ReadToEndAsync();
            const string begins = "listening on ";
            var line = await server.StandardOutput.ReadLineAsync();
            Assert.True(line?.StartsWith(begins, StringComparison.Ordinal) == true, line ?? await error);
            using var client = new HttpClient { BaseAddress = new Uri(line![begins.Length..]), Timeout = TimeSpan.FromMinutes(5) };
            Assert.True((await client.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode);
            // No reflex answers here: the model does, in arm64's ONNX Runtime.
            using var question = new StringContent("""{"messages":[{"role":"user","content":"Hello, who are you?"}],"max_tokens":24,"temperature":0}""", System.Text.Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), question);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            using var json = JsonDocument.Parse(text);
            Assert.NotEqual("", json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
            Assert.True(json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Arm64ProgramFact]
    public async Task Backup_MadeOnThisMachine_IsRestoredOnArm64()
    {
        using var here = new TemporaryFolder();
        using var there = new TemporaryFolder();
        using var stick = new TemporaryFolder();
        await File.WriteAllTextAsync(stick["passphrase"], "a long enough passphrase\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stick["passphrase"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        const string memory = "agents/main/workspace/MEMORY.md";
        Directory.CreateDirectory(Path.GetDirectoryName(here[memory])!);
        await File.WriteAllTextAsync(here[memory], "- The boiler is serviced in May.\n");
        foreach (var line in (string[][])[["config", "set", "models.keepAlive", "10m"], ["backup", "create", stick["box.sealed"], "--passphrase-file", stick["passphrase"]]])
        {
            var done = await ApplianceBinary.RunAsync(here.Path, line);
            Assert.True(done.ExitCode == 0, done.Error);
        }
        var (code, output) = await Shell.RunAsync("bash", Line(there, "backup", "restore", stick["box.sealed"], "--passphrase-file", stick["passphrase"]));
        Assert.True(code == 0, output);
        Assert.Equal("- The boiler is serviced in May.\n", await File.ReadAllTextAsync(there[memory]));
        (code, output) = await Shell.RunAsync("bash", Line(there, "config", "get", "models.keepAlive"));
        Assert.True(code == 0 && output.Contains("10m", StringComparison.Ordinal), output);
    }

    private static string[] Line(TemporaryFolder home, params string[] more) => [Path.Combine(Shell.Scripts, "arm64", "program.sh"), Tools, Program, home.Path, .. more];

    private static readonly string Program = Path.Combine(Repository.Root, "artifacts", "linux-arm64", "appliance");

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(token => token.GetInt32())];

    /// <summary>Needs root, qemu-user, the published file and what ./build.sh test-arm64 fetches.</summary>
    private sealed class Arm64ProgramFactAttribute : FactAttribute
    {
        public Arm64ProgramFactAttribute() => Skip = (!File.Exists("/usr/bin/qemu-aarch64-static") ? "qemu-user-static is not installed"
            : !File.Exists(Program) ? "the file for arm64 was not published: ./build.sh publish --rid linux-arm64"
            : !Directory.Exists(Path.Combine(Tools, "root", "lib")) ? "arm64's libraries are not here: ./build.sh test-arm64 fetches them"
            : Environment.UserName != "root" ? "needs root, to hide /sys from it" : null)!;
    }

    /// <summary>Needs root, qemu-user, arm64's C and C++ libraries, and what ./build.sh test-arm64 fetches.</summary>
    private sealed class Arm64FactAttribute : FactAttribute
    {
        public Arm64FactAttribute() => Skip = (Shared.Find("models", "golden") is null ? "reference file ../shared/models/golden is absent"
            : !File.Exists("/usr/bin/qemu-aarch64-static") ? "qemu-user-static is not installed"
            : !File.Exists("/usr/aarch64-linux-gnu/lib/libstdc++.so.6") ? "arm64's libraries are not installed (libc6-dev-arm64-cross, libstdc++6-arm64-cross)"
            : !File.Exists(Path.Combine(Tools, "package", "bin", "node")) ? "ONNX Runtime for arm64 is not here: ./build.sh test-arm64 fetches it"
            : Environment.UserName != "root" ? "needs root, to hide /sys from it" : null)!;
    }
}
