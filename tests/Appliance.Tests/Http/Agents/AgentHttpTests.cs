using System.Text.Json.Nodes;

namespace Appliance.Tests.Http.Agents;

public sealed class AgentHttpTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", _host.Token);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Chat_AnswersAndKeepsTheSession()
    {
        var answer = await _host.AskAsync("/api/v1/chat", """{"message":"Hi","sessionKey":"kitchen"}""");
        Assert.Equal((true, "ok", "agent:main:kitchen", "Hello from the box.", "tiny"),
            ((bool)answer["ok"]!, (string?)answer["status"], (string?)answer["sessionKey"], (string?)answer["text"], (string?)answer["model"]));
        var transcript = await File.ReadAllTextAsync(Directory.EnumerateFiles(Path.Combine(_host.Home, "agents", "main", "sessions")).Single());
        Assert.Contains("Hello from the box.", transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_SameKeyAgain_IsTheSameTurn()
    {
        const string request = """{"message":"Hi","idempotencyKey":"k"}""";
        var first = await _host.AskAsync("/api/v1/chat", request);
        var again = await _host.AskAsync("/api/v1/chat", request);
        Assert.Equal((string?)first["runId"], (string?)again["runId"]);
        Assert.Single(_host.Tiny.Calls);
    }

    [Theory]
    [InlineData("/api/v1/chat", """{"message":"Hi"}""")]
    [InlineData("/tools/invoke", """{"tool":"time"}""")]
    public async Task Agent_WithoutAnIdentity_IsUnauthorized_OnThisMachineToo(string path, string body)
    {
        _host.Client.DefaultRequestHeaders.Authorization = null;
        var error = await _host.AskAsync(path, body, 401);
        Assert.Equal("invalid_api_key", (string?)error["error"]!["code"]);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Theory]
    [InlineData("{}", "message")]
    [InlineData("""{"message":" "}""", "message")]
    [InlineData("""{"message":"x","sessionKey":"agent::"}""", "sessionKey")]
    [InlineData("""{"message":"x","sessionKey":"a\nb"}""", "sessionKey")]
    public async Task Chat_WrongField_NamesIt(string body, string parameter) =>
        Assert.Equal(parameter, (string?)(await _host.AskAsync("/api/v1/chat", body, 400))["error"]!["param"]);

    [Fact]
    public async Task Skills_AreListedWithWhyTheyCannotBeUsed()
    {
        var skills = JsonNode.Parse(await _host.Client.GetStringAsync("/api/v1/skills"))!["skills"]!.AsArray();
        Assert.Equal(("bundled", true, null), Of("units"));
        Assert.Contains("tool exec", Of("system-status").Item3, StringComparison.Ordinal);

        (string?, bool, string?) Of(string name)
        {
            var skill = skills.Single(s => (string?)s!["name"] == name)!;
            return ((string?)skill["source"], (bool)skill["eligible"]!, (string?)skill["reason"]);
        }
    }

    [Fact]
    public async Task Tool_ThatReads_IsCalled()
    {
        var answer = await _host.AskAsync("/tools/invoke", """{"tool":"time","args":{}}""");
        Assert.True((bool)answer["ok"]!);
        Assert.Equal("text", (string?)answer["result"]!["content"]![0]!["type"]);
        Assert.Contains(DateTime.Now.Year.ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)answer["result"]!["content"]![0]!["text"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("edit")]
    [InlineData("apply_patch")]
    [InlineData("exec")]
    [InlineData("nothing")]
    public async Task Tool_ThatChangesThisBox_OrIsNotThere_IsNotFound(string tool)
    {
        await _host.AskAsync("/tools/invoke", $$"""{"args":{"path":"x","content":"y"},"tool":"{{tool}}"}""", 404);
        Assert.False(File.Exists(Path.Combine(_host.Home, "agents", "main", "workspace", "x")));
    }

    [Fact]
    public async Task Tool_ThatFails_SaysWhy()
    {
        var answer = await _host.AskAsync("/tools/invoke", """{"tool":"read","args":{"path":"../../../etc/passwd"}}""");
        Assert.False((bool)answer["ok"]!);
        Assert.Contains("outside", (string?)answer["result"]!["content"]![0]!["text"], StringComparison.Ordinal);
    }
}
