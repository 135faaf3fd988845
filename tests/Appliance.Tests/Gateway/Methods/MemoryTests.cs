using System.Text.Json.Nodes;
using Runtime.Audit;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class MemoryTests : GatewayTest
{
    [Fact]
    public async Task Search_WhatWasWrittenAndWhatAFileSays_IsFoundWithItsPlace()
    {
        var written = await Owner.AskAsync("memory.write", new JsonObject { ["text"] = "The spare key hangs behind the boiler.", ["lasting"] = true });
        Assert.Equal("MEMORY.md", written.GetProperty("path").GetString());
        var notes = Directory.CreateDirectory(Path.Combine(Host.Home, "agents", "main", "workspace", "memory")).FullName;
        await File.WriteAllTextAsync(Path.Combine(notes, "garden.md"), "# Garden\n\nTomatoes are watered at six.\n");
        await Owner.AskAsync("memory.refresh", new JsonObject());

        var answer = await Owner.AskAsync("memory.search", new JsonObject { ["query"] = "when to water tomatoes", ["maxResults"] = 1 });
        Assert.Equal(("main", "hybrid", "hash-1024"), (answer.GetProperty("agentId").GetString(), answer.GetProperty("searchMode").GetString(), answer.GetProperty("provider").GetString()));
        var hit = answer.GetProperty("results")[0];
        Assert.Equal(("memory/garden.md", 1, "Garden"), (hit.GetProperty("path").GetString(), hit.GetProperty("startLine").GetInt32(), hit.GetProperty("heading").GetString()));
        Assert.Contains("boiler", (await Owner.AskAsync("memory.search", new JsonObject { ["query"] = "spare keys" })).GetProperty("results")[0].GetProperty("snippet").GetString(), StringComparison.Ordinal);

        var status = await Owner.AskAsync("memory.status", new JsonObject());
        Assert.Equal((2, 2), (status.GetProperty("files").GetInt32(), status.GetProperty("chunks").GetInt32()));
        Assert.True((await Owner.AskAsync("doctor.memory.status", new JsonObject())).GetProperty("embedding").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Forget_ShownFirstAndThenDone_StandsInTheAuditLog()
    {
        await Owner.AskAsync("memory.write", new JsonObject { ["text"] = "The xylophone is in the attic.", ["lasting"] = true });
        var shown = await Owner.AskAsync("memory.forget", new JsonObject { ["text"] = "xylophone", ["dryRun"] = true });
        Assert.Equal("- The xylophone is in the attic.", shown.GetProperty("files")[0].GetProperty("lines")[0].GetString());
        Assert.NotEqual(0, (await Owner.AskAsync("memory.search", new JsonObject { ["query"] = "xylophone" })).GetProperty("results").GetArrayLength());

        await Owner.AskAsync("memory.forget", new JsonObject { ["text"] = "xylophone" });
        Assert.Equal(0, (await Owner.AskAsync("memory.search", new JsonObject { ["query"] = "xylophone" })).GetProperty("results").GetArrayLength());
        // Writes what is on its way to the disk.
        await Owner.AskAsync("audit.list", new JsonObject());
        var record = Assert.Single(AuditReader.NewestFirst(Host.Home), record => record.Event.Kind == AuditKind.Memory);
        Assert.Equal(("memory.forget", "MEMORY.md", 1L, "owner"), (record.Event.Action, record.Event.Resource, record.Event.Count, record.Event.By?.Person));
    }

    [Fact]
    public async Task Distill_ByHand_PutsYesterdayIntoMemory()
    {
        var notes = Directory.CreateDirectory(Path.Combine(Host.Home, "agents", "main", "workspace", "memory")).FullName;
        var day = DateTimeOffset.Now.AddDays(-1);
        await File.WriteAllTextAsync(Path.Combine(notes, $"{day:yyyy-MM-dd}.md"), "- 10:00 the boiler is serviced by Mr Huber\n");
        var done = await Owner.AskAsync("memory.distill", new JsonObject());
        Assert.Equal(1, done.GetProperty("days").GetInt32());
        Assert.Equal($"{day:yyyy-MM-dd}", (await Owner.AskAsync("memory.status", new JsonObject())).GetProperty("distilledThrough").GetString());
        Assert.True((await Owner.AskAsync("memory.status", new JsonObject())).GetProperty("index").GetProperty("ok").GetBoolean());
    }

    /// <summary>Even somebody whose role sees everybody's sessions sees nobody's notes but their own.</summary>
    [Fact]
    public async Task Person_WhoSeesAllSessions_SeesNoOtherPersonsNotes()
    {
        var hash = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString();
        await Owner.AskAsync("config.set", new JsonObject
        {
            ["raw"] = """{"people": {"anna": {"role": "all"}, "ben": {"role": "all"}}, "roles": {"all": {"allSessions": true, "tools": {"profile": "assistant"}, "folders": ["workspace"]}}}""",
            ["baseHash"] = hash,
        });
        await using var anna = await PersonAsync("anna");
        await using var ben = await PersonAsync("ben");
        var path = (await anna.AskAsync("memory.write", new JsonObject { ["text"] = "a telescope for Ben" })).GetProperty("path").GetString()!;
        Assert.StartsWith("memory/people/anna/", path, StringComparison.Ordinal);

        Assert.Equal(1, (await anna.AskAsync("memory.search", new JsonObject { ["query"] = "telescope" })).GetProperty("results").GetArrayLength());
        Assert.Equal(1, (await Owner.AskAsync("memory.search", new JsonObject { ["query"] = "telescope" })).GetProperty("results").GetArrayLength());
        Assert.Equal(0, (await ben.AskAsync("memory.search", new JsonObject { ["query"] = "telescope" })).GetProperty("results").GetArrayLength());
        Assert.Equal(0, (await ben.AskAsync("memory.forget", new JsonObject { ["text"] = "telescope", ["dryRun"] = true })).GetProperty("files").GetArrayLength());
        foreach (var (method, name) in (IEnumerable<(string, string)>)[("agents.workspace.get", path), ("agents.workspace.list", "memory/people/anna")])
        {
            Assert.Equal("FORBIDDEN", Code(await ben.RequestAsync(method, new JsonObject { ["agentId"] = "main", ["path"] = name })));
            Assert.True((await anna.RequestAsync(method, new JsonObject { ["agentId"] = "main", ["path"] = name })).GetProperty("ok").GetBoolean());
        }
        Assert.Equal("FORBIDDEN", Code(await ben.RequestAsync("memory.distill", new JsonObject())));
    }

    private async Task<GatewayClient> PersonAsync(string id) => await GatewayClient.ConnectAsync(
        Host.Address, (await Owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = id })).GetProperty("token").GetString()!);

    [Fact]
    public async Task Search_OfAnAgentThereIsNot_IsRefused() =>
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("memory.search", new JsonObject { ["query"] = "x", ["agentId"] = "nobody" })));
}
