using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Tests.Http.Hooks;

public sealed class HookTests : IAsyncLifetime
{
    private const string Token = "hooks-0123456789abcdef0123456789ab";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(o => o with { HooksToken = Token });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, string body, string? token = Token, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.TryAddWithoutValidation(header ?? "Authorization", header is null ? $"Bearer {token}" : token);
        using var response = await _host.Client.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    [Fact]
    public async Task Agent_Waiting_AnswersWithTheTurn()
    {
        var (status, body) = await PostAsync("/hooks/agent", """{"message":"A build failed","name":"CI","waitForCompletion":true}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((true, "ok", "agent:main:hook:ci", "Hello from the box."), ((bool)body["ok"]!, (string?)body["status"], (string?)body["sessionKey"], (string?)body["text"]));
        Assert.Single(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Agent_OfABoundHook_IsTheOneItIsBoundToAndNoOther()
    {
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "appliance.json"), """{"agents": {"ops": {"activation": "scheduled"}}, "bindings": [{"agent": "ops", "hook": "ci*"}]}""");
        await _host.RestartAsync();
        var (status, body) = await PostAsync("/hooks/agent", """{"message":"A build failed","name":"CI-main","agentId":"ops","waitForCompletion":true}""");
        Assert.Equal((HttpStatusCode.OK, "agent:ops:hook:ci-main", "ok"), (status, (string?)body["sessionKey"], (string?)body["status"]));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/hooks/agent", """{"message":"x","name":"other","agentId":"ops"}""")).Status);
        Assert.Equal("agent:main:hook:other", (string?)(await PostAsync("/hooks/agent", """{"message":"x","name":"other","waitForCompletion":true}""")).Body["sessionKey"]);
        // Nobody's message is answered by an agent that only its schedule and hooks wake.
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", _host.Token);
        using var response = await _host.Client.PostAsJsonAsync("/api/v1/chat", new JsonObject { ["message"] = "hello", ["agentId"] = "ops" });
        Assert.False(response.IsSuccessStatusCode);
        Assert.Contains("agents.ops.activation is scheduled", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.Bugs);
    }

    [Fact]
    public async Task Agent_NotWaiting_SaysTheRun_AndTheSameForTheSameKey()
    {
        const string request = """{"message":"A build failed","idempotencyKey":"k1"}""";
        var (_, first) = await PostAsync("/hooks/agent", request);
        var (_, again) = await PostAsync("/hooks/agent", request);
        Assert.True((bool)first["ok"]!);
        Assert.Equal((string?)first["runId"], (string?)again["runId"]);
        var (_, other) = await PostAsync("/hooks/agent", request.Replace("k1", "k2", StringComparison.Ordinal));
        Assert.NotEqual((string?)first["runId"], (string?)other["runId"]);
    }

    [Fact]
    public async Task Wake_SpeaksInTheMainSession()
    {
        var (status, body) = await PostAsync("/hooks/wake", """{"text":"The door is open","mode":"now"}""", Token, "x-openclaw-token");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(JsonNode.DeepEquals(body, JsonNode.Parse("""{"ok":true,"mode":"now","eventOutcome":"queued"}""")), body.ToJsonString());
        Assert.Contains("The door is open", File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_host.Home, "agents", "main", "sessions")).Single()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("gateway")]
    public async Task Hook_WithoutItsToken_IsUnauthorized(string? token)
    {
        var (status, _) = await PostAsync("/hooks/agent", """{"message":"x"}""", token == "gateway" ? _host.Token : token);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Fact]
    public async Task Hook_TooManyWrongTokens_LockTheRightOneOutToo()
    {
        for (var i = 0; i < AttemptLimiter.MostFailures; i++) await PostAsync("/hooks/agent", "{}", "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PostAsync("/hooks/agent", """{"message":"x"}""")).Status);
    }

    [Fact]
    public async Task HooksToken_OpensNothingElse()
    {
        await using var host = await TestHost.StartAsync(o => o with { Token = "0123456789abcdef0123456789abcdef", HooksToken = Token });
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        foreach (var path in (string[])["/v1/models", "/metrics", "/api/v1/skills"]) Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Hooks_WithoutAConfiguredToken_AreShut()
    {
        await using var host = await TestHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", host.Token);
        await host.AskAsync("/hooks/wake", """{"text":"x"}""", 404);
    }

    [Theory]
    [InlineData("/hooks/agent", "{}", 400)]
    [InlineData("/hooks/agent", """{"message":"x","sessionKey":"main"}""", 403)]
    [InlineData("/hooks/agent", """{"message":"x","sessionKey":"agent:main:main"}""", 403)]
    [InlineData("/hooks/agent", """{"message":"x","agentId":"other"}""", 403)]
    [InlineData("/hooks/agent", """{"message":"x","deliver":true}""", 400)]
    [InlineData("/hooks/wake", """{"text":"x","mode":"later"}""", 400)]
    [InlineData("/hooks/wake", """{"text":" "}""", 400)]
    public async Task Hook_AskingForWhatItMayNot_IsRefused(string path, string body, int status)
    {
        Assert.Equal(status, (int)(await PostAsync(path, body)).Status);
        Assert.Empty(_host.Tiny.Calls);
    }

    [Theory]
    [InlineData("short", null)]
    [InlineData("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef")]
    public async Task Start_WithAWeakHooksToken_SaysWhatToSet(string hooks, string? token)
    {
        var refused = await Assert.ThrowsAsync<ModelException>(() => TestHost.StartAsync(o => o with { Token = token, HooksToken = hooks }));
        Assert.Contains("APPLIANCE_HOOKS_TOKEN", refused.Message, StringComparison.Ordinal);
    }
}
