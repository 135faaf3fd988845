using System.Text.Json.Nodes;

namespace Clients;

/// <summary>The unchanged TUI in a pseudo-terminal.</summary>
public sealed class TuiTests(ClientsFixture fixture) : IClassFixture<ClientsFixture>
{
    [TerminalFact]
    public async Task Tui_ShowsTheReply_AnswersACommand_AndQuits()
    {
        var steps = new JsonArray(
            new JsonObject { ["wait"] = "gateway connected | idle", ["type"] = "Once upon a time\r" },
            new JsonObject { ["wait"] = "sending" },
            new JsonObject { ["wait"] = "| idle", ["type"] = "/status\r" },
            new JsonObject { ["wait"] = "Model: local/story", ["type"] = "/quit\r" });
        var shown = await fixture.OpenClaw.RunInTerminalAsync(steps, "tui");

        await using var owner = await fixture.ConnectAsync();
        var said = (await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("messages").EnumerateArray()
            .Select(m => (Role: m.GetProperty("role").GetString(), Text: m.GetProperty("content")[0].GetProperty("text").GetString()!)).ToArray();
        Assert.Equal(["Once upon a time", "/status"], said.Where(m => m.Role == "user").Select(m => m.Text));
        // Lines are broken where the terminal ends: words are compared, of the beginning.
        Assert.Contains(Words(said.First(m => m.Role == "assistant").Text)[..20], Words(shown), StringComparison.Ordinal);
        Assert.Contains("session main (Once upon a time)", shown, StringComparison.Ordinal);
    }

    private static string Words(string text) => string.Concat(text.Where(char.IsAsciiLetter));
}
