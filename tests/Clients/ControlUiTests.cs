using System.Text.Json;
using System.Text.Json.Nodes;

namespace Clients;

/// <summary>The unchanged Control UI, the files of the package, in a headless browser.</summary>
public sealed class ControlUiTests(ClientsFixture fixture) : IClassFixture<ClientsFixture>
{
    [BrowserFact]
    public async Task ControlUi_ConnectsAndChats_AndTheRunSettles()
    {
        var result = JsonElement.Parse(await fixture.OpenClaw.ChatInBrowserAsync("There was a cat"));
        Assert.True(result.GetProperty("connected").GetBoolean() && result.GetProperty("settled").GetBoolean(), result.ToString());
        Assert.Empty(result.GetProperty("faults").EnumerateArray());
        await using var owner = await fixture.ConnectAsync();
        var said = (await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(["user", "assistant"], said.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal(said[1].GetProperty("content")[0].GetProperty("text").GetString(), result.GetProperty("reply").GetString());
        // Everything the page asked was answered.
        var refused = result.GetProperty("asked").EnumerateObject().Where(a => a.Value.GetString() != "").Select(a => $"{a.Name}: {a.Value}");
        Assert.Empty(refused);
        Assert.Superset(new HashSet<string> { "chat.startup", "chat.send", "sessions.subscribe", "models.authStatus" }, result.GetProperty("asked").EnumerateObject().Select(a => a.Name).ToHashSet());
    }

    [BrowserFact]
    public async Task ControlUi_ShowsPanels_InWhichNothingRuns()
    {
        await using var owner = await fixture.ConnectAsync();
        await owner.AskAsync("board.widget.put", new JsonObject
        {
            ["sessionKey"] = "main",
            ["name"] = "oven",
            ["content"] = new JsonObject { ["kind"] = "html", ["html"] = "<h1>The oven is hot</h1><p id=p>quiet</p><script>document.getElementById('p').textContent = 'runs'</script>" },
        });
        var result = JsonElement.Parse(await fixture.OpenClaw.ChatInBrowserAsync("--dashboard"));
        Assert.Empty(result.GetProperty("faults").EnumerateArray());
        Assert.Contains(result.GetProperty("panels").EnumerateArray(), text => text.GetString() == "The oven is hot\n\nquiet");
    }
}
