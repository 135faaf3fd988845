using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>skills.* over a real socket, on real folders.</summary>
public sealed class SkillMethodTests : GatewayTest
{
    private string Workspace => Path.Combine(Host.Home, "agents", "main", "workspace", "skills");

    [Fact]
    public async Task Status_HasTheFieldsOfTheProtocol_AndSeesAFolderThatIsNew()
    {
        Put("mine", "What it does. Use it.");
        var status = await Owner.AskAsync("skills.status", new JsonObject { ["agentId"] = "main" });
        Assert.Equal(Path.Combine(Host.Home, "skills"), status.GetProperty("managedSkillsDir").GetString());
        var mine = Of(status, "mine");
        Assert.Equal(("openclaw-workspace", true, false), (mine.GetProperty("source").GetString(), mine.GetProperty("eligible").GetBoolean(), mine.GetProperty("bundled").GetBoolean()));
        Assert.Equal(
            "always baseDir blockedByAgentFilter blockedByAllowlist bundled commandVisible configChecks description disabled eligible filePath install missing modelVisible name platformIncompatible requirements skillKey source userInvocable",
            string.Join(' ', mine.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)));
        Assert.Equal("anyBins bins config env os", string.Join(' ', mine.GetProperty("missing").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)));
        // The assistant's profile has no exec.
        Assert.True(Of(status, "system-status").GetProperty("blockedByAgentFilter").GetBoolean());
        Put("mine", "Other words. Use it.");
        Assert.StartsWith("Other", Of(await Owner.AskAsync("skills.status"), "mine").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [SharedFact(WireFields.File)]
    public async Task Results_AreWhatTheReferenceHas()
    {
        var fields = WireFields.Read();
        Put("mine", "What it does");
        await Owner.AskAsync("skills.update", new JsonObject { ["skillKey"] = "mine", ["enabled"] = true });
        foreach (var (method, parameters) in new (string, JsonObject)[]
        {
            ("skills.search", new() { ["query"] = "what mine" }), ("skills.search", []), ("skills.detail", new() { ["slug"] = "units" }),
            ("skills.skillCard", new() { ["skillKey"] = "mine" }), ("skills.securityVerdicts", []),
        })
        {
            Assert.Empty(fields.Validate(WireFields.ResultOf(method), await Owner.AskAsync(method, parameters)));
        }
        Assert.Equal("mine", (await Owner.AskAsync("skills.search", new JsonObject { ["query"] = "mine" })).GetProperty("results")[0].GetProperty("slug").GetString());
        Assert.Contains("235.2", (await Owner.AskAsync("skills.skillCard", new JsonObject { ["skillKey"] = "units" })).GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_PutsInAndOutOfUse_AndGivesNoVariables()
    {
        await Owner.AskAsync("skills.update", new JsonObject { ["skillKey"] = "units", ["enabled"] = false });
        Assert.True(Of(await Owner.AskAsync("skills.status"), "units").GetProperty("disabled").GetBoolean());
        await Owner.AskAsync("skills.update", new JsonObject { ["skillKey"] = "units", ["enabled"] = true });
        Assert.True(Of(await Owner.AskAsync("skills.status"), "units").GetProperty("eligible").GetBoolean());
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("skills.update", new JsonObject { ["skillKey"] = "units", ["env"] = new JsonObject { ["LD_PRELOAD"] = "/x" } })));
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("skills.update", new JsonObject { ["source"] = "clawhub", ["slug"] = "x" })));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("skills.update", new JsonObject { ["skillKey"] = "../units", ["enabled"] = true })));
        await using var reader = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read"]);
        Assert.False((await reader.RequestAsync("skills.update", new JsonObject { ["skillKey"] = "units", ["enabled"] = false })).GetProperty("ok").GetBoolean());
    }

    private static JsonElement Of(JsonElement status, string name) => status.GetProperty("skills").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);

    private void Put(string name, string description)
    {
        Directory.CreateDirectory(Path.Combine(Workspace, name));
        File.WriteAllText(Path.Combine(Workspace, name, "SKILL.md"), $"---\nname: {name}\ndescription: {description}\n---\nDo it.\n");
    }
}
