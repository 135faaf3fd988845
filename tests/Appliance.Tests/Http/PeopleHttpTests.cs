using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Tests.Gateway.Methods;

namespace Appliance.Tests.Http;

/// <summary>People by HTTP: the same roles, whichever wire they come by.</summary>
public sealed class PeopleHttpTests : GatewayTest
{
    private const string Household = """
        {
          "people": { "ann": { "role": "kid" }, "bob": { "role": "member" }, "eve": { "role": "stray" } },
          "roles": { "kid": { "models": ["tiny"] }, "stray": { "agents": ["other"] } }
        }
        """;

    public static TheoryData<string, string> Wires => new()
    {
        { "/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}]}""" },
        { "/v1/completions", """{"model":"MODEL","prompt":"hi","max_tokens":1}""" },
        { "/v1/responses", """{"model":"MODEL","input":"hi"}""" },
        { "/v1/messages", """{"model":"MODEL","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}""" },
        { "/v1/messages/count_tokens", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}]}""" },
        { "/api/chat", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}],"stream":false}""" },
        { "/api/generate", """{"model":"MODEL","prompt":"hi","stream":false}""" },
        { "/api/generate", """{"model":"MODEL"}""" },
    };

    // scope-04: a model that is not the caller's is refused on every wire, and headers that name another agent, session or model change nothing.
    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Model_OfAnother_IsRefused_AndOnesOwnAnswers(string path, string body)
    {
        var token = await TokenAsync("ann");
        var headers = new[] { ("x-openclaw-agent-id", "other"), ("x-openclaw-session-key", "agent:main:main"), ("x-openclaw-model", "other:7b") };
        var (refused, _) = await PostAsync(path, body.Replace("MODEL", "other:7b", StringComparison.Ordinal), token);
        Assert.Equal(HttpStatusCode.Forbidden, refused);
        var (answered, text) = await PostAsync(path, body.Replace("MODEL", "tiny", StringComparison.Ordinal), token, headers);
        Assert.True(answered == HttpStatusCode.OK, text);
        Assert.DoesNotContain("other:7b", Host.LoadedNames);
        Assert.Empty((await Owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray());
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"model":"hash-1024","input":"hi"}""")]
    [InlineData("/api/embed", """{"model":"hash-1024","input":"hi"}""")]
    [InlineData("/api/embeddings", """{"model":"hash-1024","prompt":"hi"}""")]
    [InlineData("/v1/rerank", """{"query":"hi","documents":["a"]}""")]
    public async Task Encoder_OfAnother_IsRefused_AndOpenToWhoHasAll(string path, string body)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(path, body, await TokenAsync("ann"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(path, body, await TokenAsync("bob"))).Status);
    }

    [Fact]
    public async Task Chat_OfAPerson_IsInTheirOwnSession_AndForThem()
    {
        await SayAndHearAsync("the owner's secret plan", "owner-1");
        var token = await TokenAsync("bob");
        var (status, text) = await PostAsync("/api/v1/chat", """{"message":"hi"}""", token);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("agent:main:direct:bob", (string?)JsonNode.Parse(text)!["sessionKey"]);
        (status, text) = await PostAsync("/api/v1/chat", """{"message":"hi","sessionKey":"agent:main:main"}""", token);
        Assert.Equal("agent:main:direct:bob", (string?)JsonNode.Parse(text)!["sessionKey"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/api/v1/chat", """{"message":"hi","sessionKey":"direct:ann"}""", token)).Status);
        Assert.Equal(2, (await HistoryAsync()).Length);
    }

    [Theory]
    [InlineData("/api/v1/chat", """{"message":"hi"}""")]
    [InlineData("/tools/invoke", """{"tool":"time"}""")]
    [InlineData("/mcp", """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""")]
    public async Task Agent_ThatIsNotTheirs_IsRefused(string path, string body) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(path, body, await TokenAsync("eve"))).Status);

    [Fact]
    public async Task Chat_OfAPersonWithoutTheSessionsModel_IsRefused()
    {
        var token = await TokenAsync("ann");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/api/v1/chat", """{"message":"hi"}""", token)).Status);
        await Owner.AskAsync("sessions.patch", new JsonObject { ["key"] = "agent:main:direct:ann", ["model"] = "other:7b" });
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/api/v1/chat", """{"message":"hi"}""", token)).Status);
    }

    [Fact]
    public async Task Tools_OfAPerson_AreTheirRoles_ByHttpToo()
    {
        Directory.CreateDirectory(Path.Combine(Host.Home, "agents", "main", "workspace"));
        await File.WriteAllTextAsync(Path.Combine(Host.Home, "agents", "main", "workspace", "diary.md"), "dear diary");
        const string Read = """{"tool":"read","args":{"path":"diary.md"}}""";
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/tools/invoke", Read, await TokenAsync("ann"))).Status);
        Assert.Contains("dear diary", (await PostAsync("/tools/invoke", Read, await TokenAsync("bob"))).Text, StringComparison.Ordinal);
        await Owner.AskAsync("config.set", new JsonObject
        {
            ["raw"] = Household.Replace("\"kid\": {", "\"kid\": { \"tools\": {\"profile\": \"assistant\"}, \"folders\": [\"/srv\"],", StringComparison.Ordinal),
            ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        var (_, text) = await PostAsync("/tools/invoke", Read, await TokenAsync("ann", configure: false));
        Assert.DoesNotContain("dear diary", text, StringComparison.Ordinal);
        Assert.Contains("outside the folders", text, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, string body, string token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await Host.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<string> TokenAsync(string person, bool configure = true)
    {
        Host.Store.DefaultName = TestHost.Model;
        if (configure) await Owner.AskAsync("config.set", new JsonObject { ["raw"] = Household, ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString() });
        return (await Owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = person })).GetProperty("token").GetString()!;
    }
}
