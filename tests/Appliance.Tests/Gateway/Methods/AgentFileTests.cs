using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class AgentFileTests : GatewayTest
{
    [Fact]
    public async Task Files_AreSetAndRead_AndListedWhetherThereOrNot()
    {
        var set = await Owner.AskAsync("agents.files.set", new JsonObject { ["agentId"] = "main", ["name"] = "SOUL.md", ["content"] = "gr\u00fc\u00dfe" });
        var file = (await Owner.AskAsync("agents.files.get", new JsonObject { ["agentId"] = "main", ["name"] = "SOUL.md" })).GetProperty("file");
        Assert.Equal("gr\u00fc\u00dfe", file.GetProperty("content").GetString());
        Assert.Equal("gr\u00fc\u00dfe", await File.ReadAllTextAsync(Path.Combine(Host.Home, "agents", "main", "workspace", "SOUL.md")));
        var hash = file.GetProperty("hash").GetString();
        await Owner.AskAsync("agents.files.set", new JsonObject { ["agentId"] = "main", ["name"] = "SOUL.md", ["content"] = "2", ["expectedHash"] = hash });
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.files.set", new JsonObject { ["agentId"] = "main", ["name"] = "SOUL.md", ["content"] = "3", ["expectedHash"] = hash })));
        var files = (await Owner.AskAsync("agents.files.list", new JsonObject { ["agentId"] = "main" })).GetProperty("files").EnumerateArray().ToArray();
        Assert.Equal(["SOUL.md"], files.Where(f => !f.GetProperty("missing").GetBoolean()).Select(f => f.GetProperty("name").GetString()));
        Assert.True(files.Single(f => f.GetProperty("name").GetString() == "MEMORY.md").GetProperty("expectedAbsent").GetBoolean());

        var list = await Owner.AskAsync("agents.workspace.list", new JsonObject { ["agentId"] = "main" });
        Assert.Equal("SOUL.md", list.GetProperty("entries")[0].GetProperty("path").GetString());
        var read = (await Owner.AskAsync("agents.workspace.get", new JsonObject { ["agentId"] = "main", ["path"] = "SOUL.md" })).GetProperty("file");
        Assert.Equal(("utf8", "2"), (read.GetProperty("encoding").GetString(), read.GetProperty("content").GetString()));
    }

    [Theory]
    [InlineData("../../../config", null)]
    [InlineData("passwd.md", null)]
    [InlineData(null, "../../../config")]
    [InlineData(null, "/etc/passwd")]
    [InlineData(null, "none.txt")]
    public async Task Files_OutsideOrUnknown_AreRefused(string? name, string? path)
    {
        var response = await Owner.RequestAsync(name is null ? "agents.workspace.get" : "agents.files.get", new JsonObject { ["agentId"] = "main", ["name"] = name, ["path"] = path });
        Assert.Equal("INVALID_REQUEST", Code(response));
    }

    [Fact]
    public async Task Files_OfAnotherAgent_AreUnknown_AndWritingIsTheAdministrators()
    {
        Assert.Contains("unknown agent id", (await Owner.RequestAsync("agents.files.list", new JsonObject { ["agentId"] = "../main" })).ToString(), StringComparison.Ordinal);
        await using var writer = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.write"]);
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("agents.files.set", new JsonObject { ["agentId"] = "main", ["name"] = "SOUL.md", ["content"] = "x" })));
        Assert.False(Directory.Exists(Path.Combine(Host.Home, "agents")));
    }
}
