using System.Diagnostics;
using TestKit;

namespace EndToEnd;

/// <summary>npm's <c>skills-ref validate</c>, unchanged and pinned beside the official clients, over the bundled skills and one that the published binary made.</summary>
public sealed class SkillsRefTests
{
    private static string Bundled => Path.Combine(Repository.Root, "skills");

    [Fact]
    public async Task SkillsRef_OverAllBundledSkillsAndANewOne_TakesThem()
    {
        using var home = new TemporaryFolder();
        using var place = new TemporaryFolder();
        var made = await ApplianceBinary.RunAsync(home.Path, "skills", "new", "garden-log", "--in", place.Path, "--description", "Keeps: \"what\" grew \\ where. Use it in the garden.");
        Assert.True(made.ExitCode == 0, made.Error);
        var folders = Directory.GetDirectories(Bundled);
        Assert.Equal(12, folders.Length);
        foreach (var folder in folders.Append(place["garden-log"]))
        {
            var (code, said) = await ValidateAsync(folder);
            Assert.True(code == 0, $"{folder}: {said}");
            Assert.Equal(0, (await ApplianceBinary.RunAsync(home.Path, "skills", "check", folder)).ExitCode);
        }
    }

    [Theory]
    [InlineData("bad-name", "name: other\ndescription: x\n")]
    [InlineData("no-description", "name: no-description\n")]
    [InlineData("more-fields", "name: more-fields\ndescription: x\nhomepage: y\n")]
    [InlineData("Capital", "name: Capital\ndescription: x\n")]
    public async Task SkillsRef_AndOurCheck_RefuseTheSame(string name, string front)
    {
        using var home = new TemporaryFolder();
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place[name]);
        await File.WriteAllTextAsync(place[$"{name}/SKILL.md"], $"---\n{front}---\nDo it.\n");
        Assert.NotEqual(0, (await ValidateAsync(place[name])).ExitCode);
        Assert.Equal(1, (await ApplianceBinary.RunAsync(home.Path, "skills", "check", place[name])).ExitCode);
    }

    // build.sh installs it with the clients before the tests run.
    private static async Task<(int ExitCode, string Said)> ValidateAsync(string folder)
    {
        var clients = Path.Combine(Repository.Root, "artifacts", "clients");
        var start = new ProcessStartInfo("node", [Path.Combine(clients, "node_modules", "skills-ref", "dist", "cli.js"), "validate", folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
