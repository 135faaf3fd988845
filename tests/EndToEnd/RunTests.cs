using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary><c>appliance run</c> on a real tiny model.</summary>
public sealed class RunTests(StoryModel story) : IClassFixture<StoryModel>
{
    private Task<CommandResult> Run(params string[] arguments) => ApplianceBinary.RunAsync(story.Home, ["run", .. arguments]);

    [SharedFact(StoryModel.Reference)]
    public async Task Run_Raw_ContinuesTheStory()
    {
        var result = await Run("Once upon a time", "--raw", "--max-tokens", "20");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(", a little girl named Lily lived in a small house", result.Output, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_WithASeed_RepeatsItself()
    {
        string[] arguments = ["Once upon a time", "--raw", "--max-tokens", "40", "--temperature", "1", "--top-p", "0.9", "--seed", "7"];
        var first = await Run(arguments);
        Assert.Equal(first.Output, (await Run(arguments)).Output);
        arguments[^1] = "8";
        Assert.NotEqual(first.Output, (await Run(arguments)).Output);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_WithAStopString_EndsBeforeIt()
    {
        var result = await Run("Once upon a time", "--raw", "--max-tokens", "60", "--stop", "small house");
        Assert.Equal(", a little girl named Lily lived in a ", result.Output.TrimEnd('\n'));
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_ZeroTokens_PrintsAnEmptyAnswer()
    {
        using var report = JsonDocument.Parse((await Run("Once", "--raw", "--json", "--max-tokens", "0")).Output);
        Assert.Equal(0, report.RootElement.GetProperty("tokens").GetArrayLength());
        Assert.Equal("length", report.RootElement.GetProperty("finish_reason").GetString());
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_FromStandardInput_ReadsThePrompt()
    {
        var piped = await ApplianceBinary.RunWithAsync(story.Home, null, "Once upon a time", "run", "--raw", "--max-tokens", "5");
        Assert.Equal((await Run("Once upon a time", "--raw", "--max-tokens", "5")).Output, piped.Output);
    }

    [SharedTheory(StoryModel.Reference)]
    [InlineData("max_tokens", "--max-tokens", "-1")]
    [InlineData("top_p", "--top-p", "0")]
    [InlineData("temperature", "--temperature", "-1")]
    [InlineData("nothere", "--model", "nothere")]
    public async Task Run_WithABadOption_Exits1_AndNamesIt(string named, params string[] options)
    {
        var result = await Run(["hello", .. options]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_PromptLongerThanTheContext_SaysBothLengths()
    {
        var result = await Run(string.Concat(Enumerable.Repeat("Once upon a time ", 300)), "--raw");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("512", result.Error, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_WithTheGenAiEngine_WhereItIsNotInstalled_SaysSoInOneSentence()
    {
        var result = await Run("hello", "--engine", "genai");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: The genai engine needs libonnxruntime-genai.so, which is not installed.", result.Error, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_OnAReadOnlyHome_LoadsTheLibraryFromMemory()
    {
        // A cache path that is a file can take no library, whoever asks.
        using var home = new TemporaryFolder();
        await Copy(Path.Combine(story.Home, "models"), home["models"]);
        await File.WriteAllTextAsync(home["cache"], "");
        var result = await ApplianceBinary.RunAsync(home.Path, "run", "Once upon a time", "--raw", "--max-tokens", "3");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.NotEmpty(result.Output.Trim());
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_WithADamagedCachedLibrary_UnpacksItAgain()
    {
        using var home = new TemporaryFolder();
        await Copy(Path.Combine(story.Home, "models"), home["models"]);
        string[] arguments = ["run", "Once upon a time", "--raw", "--max-tokens", "3"];
        var first = await ApplianceBinary.RunAsync(home.Path, arguments);
        var library = Directory.EnumerateFiles(home["cache"], "libonnxruntime.so", SearchOption.AllDirectories).Single();
        await using (var file = File.OpenWrite(library))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[4096]);
        }
        Assert.Equal((0, first.Output), (await ApplianceBinary.RunAsync(home.Path, arguments)) is var again ? (again.ExitCode, again.Output) : default);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Run_FourAtOnceOnAFreshCache_AllWork()
    {
        using var home = new TemporaryFolder();
        await Copy(Path.Combine(story.Home, "models"), home["models"]);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ApplianceBinary.RunAsync(home.Path, "run", "Once", "--raw", "--max-tokens", "3")));
        Assert.All(runs, r => Assert.Equal((0, runs[0].Output), (r.ExitCode, r.Output)));
    }

    private static async Task Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var source = File.OpenRead(file);
            await using var copy = File.Create(target);
            await source.CopyToAsync(copy);
        }
    }
}
