using System.Text.Json.Nodes;
using Appliance.Tests.Gateway.Methods;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using TestKit;

namespace Appliance.Tests.Gateway.Identity.People;

/// <summary>People and roles in appliance.json, over real sockets and a real file.</summary>
public sealed class ConfiguredPeopleTests : GatewayTest
{
    private const string Household = """
        {
          // who lives here
          "people": { "ann": { "role": "kid", "name": "Ann" }, "bob": { "role": "member" } },
          "roles": { "kid": { "agents": ["main"], "models": ["tiny"], "tools": { "profile": "minimal" } } }
        }
        """;

    private string ConfigFile => Path.Combine(Host.Home, "appliance.json");

    [Fact]
    public async Task People_OfTheFile_GetInWithATokenThatStandsElsewhere()
    {
        await ConfigureAsync(Household);
        await using var ann = await PersonAsync("ann");
        Assert.Equal(["operator.read", "operator.write"], ann.Hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).Order());
        Assert.Equal("Ann", (await ann.AskAsync("users.self")).GetProperty("profile").GetProperty("displayName").GetString());
        Assert.DoesNotContain("kid", await File.ReadAllTextAsync(Path.Combine(Host.Home, "gateway", "identity.json")), StringComparison.Ordinal);
        Assert.Equal(Household, await File.ReadAllTextAsync(ConfigFile));
    }

    [Fact]
    public async Task Add_Role_AndRemove_EditTheFile_AndLeaveTheRestOfItAlone()
    {
        await ConfigureAsync(Household);
        await Owner.AskAsync("people.add", new JsonObject { ["profileId"] = "eve", ["role"] = "kid", ["subject"] = "sub-9" });
        await Owner.AskAsync("users.setRole", new JsonObject { ["profileId"] = "bob", ["role"] = "guest" });
        var text = await File.ReadAllTextAsync(ConfigFile);
        Assert.Contains("// who lives here", text, StringComparison.Ordinal);
        var file = JsonNode.Parse(text, null, new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!["people"]!;
        Assert.Equal("""{"role":"kid","subject":"sub-9"}""", file["eve"]!.ToJsonString());
        Assert.Equal("""{"role":"guest"}""", file["bob"]!.ToJsonString());
        Assert.Equal("""{"role":"kid","name":"Ann"}""", file["ann"]!.ToJsonString());
        await Owner.AskAsync("people.remove", new JsonObject { ["profileId"] = "eve" });
        Assert.DoesNotContain("eve", await File.ReadAllTextAsync(ConfigFile), StringComparison.Ordinal);
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("people.remove", new JsonObject { ["profileId"] = "eve" })));
    }

    [Fact]
    public async Task Role_WhoseToolsChange_CountsAtTheNextTurn()
    {
        await ConfigureAsync(Household);
        Assert.Contains("not allowed for ann", await CallAsync("ann", "ann-1", "write"), StringComparison.Ordinal);
        await ConfigureAsync(Household.Replace("\"profile\": \"minimal\"", "\"profile\": \"assistant\"", StringComparison.Ordinal));
        Assert.Contains("outside the folders", await CallAsync("ann", "ann-2", "write"), StringComparison.Ordinal);
        await ConfigureAsync(Household.Replace("\"profile\": \"minimal\"", "\"profile\": \"assistant\", \"deny\": [\"write\"]", StringComparison.Ordinal));
        Assert.Contains("not allowed for ann", await CallAsync("ann", "ann-3", "write"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"models\": [\"tiny\"]", "\"models\": []")]
    [InlineData("\"agents\": [\"main\"]", "\"agents\": [\"other\"]")]
    [InlineData("\"ann\": { \"role\": \"kid\", \"name\": \"Ann\" }, ", "")]
    public async Task Limits_ThatShrink_CloseTheSocketsOfThose_AndNobodyElses(string before, string after)
    {
        await ConfigureAsync(Household);
        await using var ann = await PersonAsync("ann");
        await using var bob = await PersonAsync("bob");
        await ConfigureAsync(Household.Replace(before, after, StringComparison.Ordinal));
        await ann.ClosedAsync();
        Assert.Equal(4001, (int)ann.CloseStatus!);
        Assert.True((await bob.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("""{"people": {"ann": {"role": "emperor"}}}""", "emperor, which is no role")]
    [InlineData("""{"people": {"ann": {}}}""", "role")]
    [InlineData("""{"people": {"owner": {"role": "guest"}}}""", "is the owner")]
    [InlineData("""{"people": {"Ann B": {"role": "guest"}}}""", "no person's id")]
    [InlineData("""{"people": {"ann": {"role": "guest", "subject": "s"}, "bob": {"role": "guest", "subject": "s"}}}""", "somebody else's")]
    [InlineData("""{"roles": {"owner": {}}}""", "cannot be changed")]
    [InlineData("""{"roles": {"kid": {"scopes": ["operator.root"]}}}""", "operator.root")]
    [InlineData("""{"roles": {"kid": {"folders": ["recipes"]}}}""", "full path")]
    [InlineData("""{"roles": {"kid": {"tools": {"profile": "god"}}}}""", "minimal, assistant, operator")]
    public async Task File_ThatMakesNoSense_IsRefused_AndChangesNobodysRights(string file, string why)
    {
        await ConfigureAsync(Household);
        await using var ann = await PersonAsync("ann");
        var refused = await Owner.RequestAsync("config.set", new JsonObject { ["raw"] = file, ["baseHash"] = await HashAsync() });
        Assert.Contains(why, refused.GetProperty("error").ToString(), StringComparison.Ordinal);
        Assert.True((await ann.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    private async Task<string> HashAsync() => (await Owner.AskAsync("config.get")).GetProperty("hash").GetString()!;

    private async Task ConfigureAsync(string file) => await Owner.AskAsync("config.set", new JsonObject { ["raw"] = file, ["baseHash"] = await HashAsync() });

    private async Task<GatewayClient> PersonAsync(string id) => await GatewayClient.ConnectAsync(
        Host.Address, (await Owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = id })).GetProperty("token").GetString()!);

    // What the transcript says of a turn in which the model calls a tool for somebody.
    private async Task<string> CallAsync(string person, string run, string tool)
    {
        Host.Store.DefaultName = TestHost.Model;
        Host.ChatClient = new ScriptedChatClient(ChatFinishReason.ToolCalls, ScriptedChatClient.Call("c1", tool, """{"path":"notes.md","content":"x"}"""));
        await using var client = await PersonAsync(person);
        await client.AskAsync("sessions.subscribe");
        await client.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "hi", ["idempotencyKey"] = run });
        await client.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() is "final" or "error");
        var transcript = Directory.EnumerateFiles(Path.Combine(Host.Home, "agents", "main", "sessions"), "*.jsonl").SelectMany(File.ReadLines);
        return string.Concat(transcript.Where(line => line.Contains($"\"{run}\"", StringComparison.Ordinal)));
    }
}
