using System.Text.Json.Nodes;
using Appliance.Commands.Router;
using Appliance.Tests.Http;
using Models.Routing.Execution;
using TestKit;

namespace Appliance.Tests.Hosting;

/// <summary>A box with a model of its own and one elsewhere: turns of the agent by the real server, the elsewhere by a real HTTP server.</summary>
public sealed class RoutedTurnTests : IAsyncLifetime
{
    private const string Half = "data: {\"choices\":[{\"delta\":{\"content\":\"The moon is \"}}]}\n\n";

    private readonly FakeServer _cloud;
    private TestHost _host = null!;
    private Func<FakeRequest, FakeReply> _answer = _ => Reply("From the cloud.");

    public RoutedTurnTests() => _cloud = new FakeServer(request => _answer(request));

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(null, TestHost.Model);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _cloud.Dispose();
    }

    [Fact]
    public async Task Chat_PublicQuestion_IsAnsweredElsewhere_PrivateOnesNever()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var answer = await AskAsync("How far is the moon?");
        Assert.Equal(("From the cloud.", "cloud"), ((string?)answer["text"], (string?)answer["model"]));
        Assert.Equal("Bearer k3y", _cloud.Requests.Single().Header("Authorization"));

        foreach (var question in (string[])["my password is hunter22x", "And again: how far is the moon?"])
        {
            // What the conversation held once stays in it.
            answer = await AskAsync(question);
            Assert.Equal(("Hello from the box.", "tiny"), ((string?)answer["text"], (string?)answer["model"]));
        }
        Assert.Single(_cloud.Requests);
    }

    [Fact]
    public async Task Chat_WhatAgentsKnowOfPeople_StaysHereUnlessItsOwnerSaysOtherwise()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        await AskAsync("Hi");
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "agents", "main", "workspace", "USER.md"), "I am Kim, and I like tea.\n");
        Assert.Equal("tiny", (string?)(await AskAsync("How far is the moon?", "second"))["model"]);

        await ConfigureAsync("""{"profile":"cloud-first"}""", ""","data":["personal"]""");
        Assert.Equal("cloud", (string?)(await AskAsync("How far is the moon?", "third"))["model"]);
    }

    [Fact]
    public async Task Chat_ItBreaksOffElsewhere_TheBoxGoesOn()
    {
        _answer = _ => new FakeReply(200, Half) { NoLength = true }.With("Content-Type", "text/event-stream");
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var answer = await AskAsync("How far is the moon?");
        Assert.Equal(("The moon is Hello from the box.", "cloud + tiny"), ((string?)answer["text"], (string?)answer["model"]));
    }

    [Fact]
    public async Task Chat_ToolsFailAgainAndAgain_ABetterOneGoesOnWhereItMay()
    {
        _host.ChatClient = new ScriptedChatClient(Microsoft.Extensions.AI.ChatFinishReason.ToolCalls, ScriptedChatClient.Call("c1", "read", """{"path":"nothing.txt"}"""));
        await ConfigureAsync("{}", ""","data":["personal"]""");
        var answer = await AskAsync("Read it to me.");
        Assert.Equal(("From the cloud.", "cloud"), ((string?)answer["text"], (string?)answer["model"]));
        var records = RouteLog.Read(RouteLog.PathIn(_host.Home)).ToList();
        Assert.Equal(["tiny", "tiny", "tiny", "cloud"], records.Take(4).Select(r => r.Attempts.Single().Target));
        Assert.Equal((null, "its tools failed 3 times"), (records[2].Escalation, records[3].Escalation));
    }

    [Fact]
    public async Task Chat_ByDefault_TheBoxAnswersAndNothingLeaves()
    {
        await ConfigureAsync("{}");
        Assert.Equal("tiny", (string?)(await AskAsync("How far is the moon?"))["model"]);
        Assert.Empty(_cloud.Requests);
    }

    [Fact]
    public async Task Chat_NoMoneyLeft_StaysHereAndWhatWasSpentSurvivesARestart()
    {
        await ConfigureAsync("""{"profile":"cloud-first","budget":{"all":{"day":0.02}}}""");
        Assert.Equal("cloud", (string?)(await AskAsync("Hi"))["model"]);
        // Nobody said what it took: the worst case is spent.
        await _host.RestartAsync();
        Authorize();
        Assert.Equal("tiny", (string?)(await AskAsync("Hi"))["model"]);
        Assert.Contains("are left", RouteLog.Read(RouteLog.PathIn(_host.Home)).Last().Decision.Out.Single().Detail);
    }

    [Fact]
    public async Task Router_ExplainsAndReplays()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        await AskAsync("How far is the moon?");
        await AskAsync("my password is hunter22x");

        var last = JsonNode.Parse(await RunAsync("explain", "--json"))!;
        Assert.Equal(("secret", "tiny"), ((string?)last["decision"]!["request"]!["turn"]!["data"], (string?)last["attempts"]![0]!["target"]));
        Assert.DoesNotContain("hunter22x", await File.ReadAllTextAsync(RouteLog.PathIn(_host.Home)));
        Assert.Matches("cloud +may not see personal data", await RunAsync("explain", "mail jo@home.example.org", "--agent", "main"));

        // Any decision by its id, or the beginning of it, and a turn by its run's.
        var records = RouteLog.ReadAll(_host.Home).ToList();
        var first = records[0];
        Assert.Equal(first.Id, (string?)JsonNode.Parse(await RunAsync("explain", first.Id!, "--json"))!["id"]);
        Assert.Equal(records[1].Id, (string?)JsonNode.Parse(await RunAsync("explain", records[1].Run!, "--json"))!["id"]);
        var shown = await RunAsync("explain", first.Id![..8]);
        Assert.StartsWith(first.Id, shown);
        Assert.Contains($"turn {first.Run}", shown);
        var (call, ranked) = (first.Attempts.Single(), first.Decision.Ranked[0]);
        Assert.Equal((_cloud.Requests.Single().Body.Length, new Uri(_cloud.Address).Authority), ((int)call.BytesOut, call.To));
        // What was expected, what came, what it cost, how much went out and where to.
        Assert.Matches($@"cloud +answered +{Seconds(ranked.FirstToken)}, was \d+\.\d s +{Seconds(ranked.Seconds)}, was \d+\.\d s .*, was \$[\d.]+ +{call.BytesOut:N0} +{call.To}", shown);
        var list = await RunAsync("log");
        Assert.Matches($@"{first.Id} .*main +public +cloud +\d+\.\d s, was \d+\.\d s +\$[\d.]+ +{call.BytesOut:N0}", list);
        Assert.Matches($@"{records[1].Id} .*main +secret +tiny ", list);
        Assert.Equal(3, list.Trim().Split('\n').Length);
        Assert.Single((await RunAsync("log", "--target", "cloud", "--json")).Trim().Split('\n'));
        Assert.Contains("There is no decision of the id 0123456789ab", (await Assert.ThrowsAsync<Models.ModelException>(() => RunAsync("explain", "0123456789ab"))).Message);

        var policy = Path.Combine(_host.Home, "other.json");
        await File.WriteAllTextAsync(policy, """{"router":{"profile":"local-only"}}""");
        var replay = JsonNode.Parse(await RunAsync("replay", "--policy", policy, "--json"))!;
        Assert.Equal((2, 1, 1, 0, 0), ((int)replay["questions"]!, (int)replay["changed"]!, (int)replay["then"]!["elsewhere"]!, (int)replay["now"]!["elsewhere"]!, (int)replay["then"]!["notPublic"]!));
        // By the same policy everything is decided the same.
        Assert.Equal(0, (int)JsonNode.Parse(await RunAsync("replay", "--json"))!["changed"]!);
    }

    [Fact]
    public async Task Chat_ItsKeyIsMissing_CostsNothingAndStatusSaysSo()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        Assert.Matches("cloud +127.0.0.1:\\d+ +public +8,192 +\\$1.00 in, \\$2.00 out a million *\n", await RunAsync("status") + "\n");
        File.Delete(Path.Combine(_host.Home, "key"));
        Assert.Equal("tiny", (string?)(await AskAsync("How far is the moon?"))["model"]);
        Assert.Equal(["cloud NoKey 0 0", "tiny answered 0 0"], RouteLog.Read(RouteLog.PathIn(_host.Home)).Single().Attempts.Select(a => $"{a.Target} {a.Outcome} {a.Cost} {a.BytesOut}"));
        var status = JsonNode.Parse(await RunAsync("status", "--json"))!;
        Assert.Equal(("cloud-first", 0m, "tiny cloud"), ((string?)status["profile"], (decimal)status["spentLastDay"]!, string.Join(' ', status["targets"]!.AsArray().Select(t => (string)t!["name"]!))));
        Assert.Contains("models.targets.cloud.key", (string?)status["targets"]![1]!["missing"]);
        Assert.Equal((1, 0), ((int)status["targets"]![1]!["calls"]!, (int)status["targets"]![1]!["answers"]!));
    }

    [Fact]
    public async Task Chat_ItsKeyWasWrongAndIsSetRight_IsAskedAtOnce()
    {
        _answer = request => request.Header("Authorization") == "Bearer right" ? Reply("From the cloud.") : new FakeReply(401, """{"error":{"message":"no","code":"invalid_api_key"}}""");
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        Assert.Equal("tiny", (string?)(await AskAsync("How far is the moon?"))["model"]);
        // It is left alone for what it said, until its owner changes something.
        Assert.Equal("tiny", (string?)(await AskAsync("How far is the moon?"))["model"]);
        Assert.Equal("Bearer k3y", Assert.Single(_cloud.Requests).Header("Authorization"));
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "another"), "right\n");
        await using var owner = await GatewayClient.ConnectAsync(_host.Address, _host.Token);
        await owner.AskAsync("config.patch", new JsonObject
        {
            ["raw"] = """{"models":{"targets":{"cloud":{"key":{"file":"another"}}}}}""",
            ["baseHash"] = (await owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        Assert.Equal("cloud", (string?)(await AskAsync("How far is the moon?"))["model"]);
    }

    [Fact]
    public async Task Router_SimulatesWhatMayHappen()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var calm = JsonNode.Parse(await RunAsync("simulate", "--json"))!["inForce"]!;
        var away = JsonNode.Parse(await RunAsync("simulate", "--outage", "cloud:10m-80m", "--json"))!["inForce"]!;
        Assert.Equal((200, 0, 0), ((int)away["answered"]!, (int)away["refused"]!, (int)away["leaks"]!));
        Assert.True((int)away["targets"]!["cloud"]!["answers"]! < (int)calm["targets"]!["cloud"]!["answers"]!);
        // Nobody was asked, and nothing written down.
        Assert.Empty(_cloud.Requests);
        Assert.False(File.Exists(RouteLog.PathIn(_host.Home)));

        await AskAsync("How far is the moon?");
        var policy = Path.Combine(_host.Home, "other.json");
        await File.WriteAllTextAsync(policy, """{"router":{"profile":"local-only"}}""");
        var tried = JsonNode.Parse(await RunAsync("simulate", RouteLog.PathIn(_host.Home), "--scenario", "storm", "--scenario", "prices", "--policy", policy, "--json"))!;
        Assert.Equal((1, 1, 0), ((int)tried["questions"]!, (int)tried["inForce"]!["targets"]!["cloud"]!["answers"]!, (int)tried["tried"]!["targets"]!["cloud"]!["calls"]!));
        Assert.Matches("answered by cloud +\\d+ of \\d+ calls +0 of 0 calls", await RunAsync("simulate", "--turns", "20", "--policy", policy));
        foreach (var wrong in (string[][])[["--scenario", "flood"], ["--outage", "cloud"], ["--outage", "nobody:1m-2m"]])
            await Assert.ThrowsAsync<Models.ModelException>(() => RunAsync(["simulate", .. wrong]));
    }

    [Theory]
    [InlineData("""{"models":{"targets":{"auto":{"url":"https://x.example","model":"m"}}}}""", "is no name of a target")]
    [InlineData("""{"models":{"targets":{"a":{"url":"ftp://x.example","model":"m"}}}}""", "is no http:// or https:// address")]
    [InlineData("""{"models":{"targets":{"a":{"url":"https://u:p@x.example","model":"m"}}}}""", "without a login")]
    [InlineData("""{"models":{"targets":{"a":{"model":"m"}}}}""", "needs url")]
    [InlineData("""{"router":{"profile":"careless"}}""", "must be one of")]
    [InlineData("""{"router":{"budget":{"all":{"day":-1}}}}""", "must be")]
    public void Config_WrongSetting_IsToldOff(string json, string expected) =>
        Assert.Contains(expected, string.Join('\n', Appliance.Config.ConfigState.Read(System.Text.Encoding.UTF8.GetBytes(json), []).Issues));

    private async Task ConfigureAsync(string router, string more = "")
    {
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "key"), "k3y\n");
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "appliance.json"), $$$"""
            {
              "models": { "targets": { "cloud": { "url": "{{{_cloud.Address}}}/v1", "model": "m", "window": 8192, "priceIn": 1, "priceOut": 2, "keepsData": false, "key": { "file": "key" }{{{more}}} } } },
              "router": {{{router}}},
            }
            """);
        await _host.RestartAsync();
        Authorize();
    }

    private static string Seconds(double seconds) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seconds:0.0} s").Replace(".", "\\.", StringComparison.Ordinal);

    private void Authorize() => _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", _host.Token);

    private Task<JsonObject> AskAsync(string message, string session = "main") =>
        _host.AskAsync("/api/v1/chat", new JsonObject { ["message"] = message, ["sessionKey"] = session }.ToJsonString());

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await RouterCommand.Create(() => _host.Home).Parse(arguments).InvokeAsync(new() { Output = output, Error = output, EnableDefaultExceptionHandler = false });
        Assert.True(code == 0, output.ToString());
        return output.ToString();
    }

    private static FakeReply Reply(string text) => new FakeReply(200,
        $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n").With("Content-Type", "text/event-stream");
}
