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

    [SharedFact(StoryModel.Reference)]
    public async Task Chat_Interrupted_StopsTheAnswerAndNotTheProgram()
    {
        // Sampled without end-of-answer tokens, the answer goes on to the end of the context: long enough to be interrupted.
        using var chat = ApplianceBinary.Start(story.Home, ["chat", "--temperature", "1", "--seed", "3"]);
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 50, "no answer was ever caught in the middle");
            await chat.StandardInput.WriteLineAsync("Once upon a time there was a big forest");
            var first = new char[1];
            Assert.Equal(1, await chat.StandardOutput.ReadAsync(first));
            Signal(chat, "INT");
            var rest = await chat.StandardOutput.ReadLineAsync();
            if (rest!.EndsWith("[stopped]", StringComparison.Ordinal)) break;
            // It was through before the signal came: the program must be alive nonetheless, so ask again.
        }
        await chat.StandardInput.WriteLineAsync("/clear");
        await chat.StandardInput.WriteLineAsync("The big dog");
        Assert.NotEmpty((await chat.StandardOutput.ReadLineAsync())!);
        chat.StandardInput.Close();
        await chat.WaitForExitAsync();
        Assert.Equal(0, chat.ExitCode);
    }

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", ["-s", name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
