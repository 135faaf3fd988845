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

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(token => token.GetInt32())];

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
