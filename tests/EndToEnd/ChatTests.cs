using System.Diagnostics;
using TestKit;

namespace EndToEnd;

/// <summary><c>appliance chat</c> in a pipe, with real signals.</summary>
public sealed class ChatTests(StoryModel story) : IClassFixture<StoryModel>
{
    [SharedFact(StoryModel.Reference)]
    public async Task Chat_TwoTurns_AnswersBothAndLeavesAtTheEnd()
    {
        var result = await ApplianceBinary.RunWithAsync(story.Home, null, "Once upon a time\nAnd then?\n", "chat", "--temperature", "0", "--max-tokens", "12");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Chat_Interrupted_StopsTheAnswerAndNotTheProgram()
    {
        // Random weights end an answer now and then, one in so many after seconds: that one will be caught in the middle, on a busy machine too.
        // Without a seed, or all would be as long as the first.
        using var home = new TemporaryFolder();
        new GgufModel { Architecture = "qwen2", Layers = 8, HiddenSize = 512, FeedForwardSize = 1536, ContextLength = 8192, Kind = GgufKind.Q4_0, Seed = 4 }.Save(home["random.gguf"]);
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", home["random.gguf"], "--as", "random");
        Assert.True(import.ExitCode == 0, import.Error);
        using var chat = ApplianceBinary.Start(home.Path, ["chat", "--temperature", "1"]);
        var caught = false;
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1) && !caught;)
        {
            await chat.StandardInput.WriteLineAsync("/clear");
            await chat.StandardInput.WriteLineAsync("Once upon a time there was a big forest");
            Assert.Equal(1, await chat.StandardOutput.ReadAsync(new char[1]));
            Signal(chat, "INT");
            // Whether it was stopped or through before the signal came, the program answers the next line.
            caught = (await ReadUntilHelpAsync(chat)).Any(line => line.EndsWith("[stopped]", StringComparison.Ordinal));
        }
        Assert.True(caught, "no answer was ever caught in the middle");

        await chat.StandardInput.WriteLineAsync("/clear");
        await chat.StandardInput.WriteLineAsync("The big dog");
        Assert.Contains(await ReadUntilHelpAsync(chat), line => line.Length > 0);
        chat.StandardInput.Close();
        await chat.WaitForExitAsync();
        Assert.Equal(0, chat.ExitCode);
    }

    // Answers may hold line breaks: /help prints a line that is known.
    private static async Task<IReadOnlyList<string>> ReadUntilHelpAsync(Process chat)
    {
        await chat.StandardInput.WriteLineAsync("/help");
        var lines = new List<string>();
        while (await chat.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("/clear forgets", StringComparison.Ordinal)) lines.Add(line);
        return lines;
    }

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", ["-s", name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
