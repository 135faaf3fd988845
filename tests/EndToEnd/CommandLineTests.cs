using System.Diagnostics;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The command line as a person meets it.</summary>
public sealed class CommandLineTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Version_Prints_TheVersionFile()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, "--version");
        Assert.Equal((0, File.ReadAllText(Path.Combine(Repository.Root, "version.txt")).Trim()), (result.ExitCode, result.Output.Trim()));

        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var clock = Stopwatch.StartNew();
            await ApplianceBinary.RunAsync(home.Path, "--version");
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        output.WriteLine($"figure: appliance --version takes {times.Order().ElementAt(10):F1} ms (median of 20, whole process; goal 30)");
    }

    [Fact]
    public void Binary_Is_OneSmallFile()
    {
        var size = new FileInfo(ApplianceBinary.Path).Length;
        var model = BuiltInFactAttribute.PackedBytes;
        output.WriteLine($"figure: one file of {size / 1e6:F1} MB: {(size - model) / 1e6:F1} MB program (limit 45), {model / 1e6:F1} MB built-in model (limit 12)");
        Assert.InRange(size - model, 1, 45_000_000);
        Assert.InRange(model, 0, 12_000_000);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(ApplianceBinary.Path)!, "*.so*"));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("chat", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("models", "--help")]
    [InlineData("models", "import", "--help")]
    public async Task Help_OfEveryCommand_Works(params string[] arguments)
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, arguments);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Usage:", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run", "--no-such-option", "x")]
    [InlineData("run", "x", "--max-tokens", "many")]
    public async Task WrongUsage_Exits2_AndPointsToHelp(params string[] arguments)
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithAnEmptyStore_SaysHowToGetAModel()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, "run", "hello");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("models pull", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Licenses_Names_WhatIsInside()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, "licenses");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("ONNX Runtime", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_OfEveryShell_AsksTheProgramForWords(string shell)
    {
        using var home = new TemporaryFolder();
        Assert.Contains("[suggest", (await ApplianceBinary.RunAsync(home.Path, "completion", shell)).Output, StringComparison.Ordinal);
        var words = (await ApplianceBinary.RunAsync(home.Path, "[suggest:12]", "appliance mo")).Output.Split('\n');
        Assert.Contains("models", words);
    }
}
