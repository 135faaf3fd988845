using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Routing;
using Models.Routing.Execution;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>Programs that ask by HTTP where a model elsewhere is configured: every wire through the same router, the elsewhere a real HTTP server.</summary>
public sealed class RoutedHttpTests : IAsyncLifetime
{
    // A dot.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==";

    private readonly FakeServer _cloud;
    private TestHost _host = null!;
    private Func<FakeRequest, FakeReply> _answer = _ => Reply("From the cloud.");

    public RoutedHttpTests() => _cloud = new FakeServer(request => _answer(request));

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(null, TestHost.Model);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _cloud.Dispose();
    }

    public static TheoryData<string> Paths => ["/v1/chat/completions", "/v1/responses", "/v1/completions", "/v1/messages", "/api/chat", "/api/generate"];

    public static TheoryData<string> PicturePaths => ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat", "/api/generate"];

    public static TheoryData<string> Chats => ["/v1/chat/completions", "/v1/messages", "/api/chat"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Auto_WhatIsPublic_IsAnsweredElsewhere_WhatIsNotNever(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var answer = await _host.AskAsync(path, Body(path, "auto", "How far is the moon?"));
        Assert.Equal(("From the cloud.", "cloud"), (TextOf(path, answer), (string?)answer["model"]));
        answer = await _host.AskAsync(path, Body(path, "auto", "my password is hunter22x"));
        Assert.Equal(("Hello from the box.", "tiny"), (TextOf(path, answer), (string?)answer["model"]));
        Assert.Single(_cloud.Requests);

        var record = RouteLog.Read(RouteLog.PathIn(_host.Home)).First();
        Assert.Equal(("http", null, "cloud answered"), (record.Decision.Request.Turn.Channel, record.Decision.Request.Turn.Person, $"{record.Attempts.Single().Target} {record.Attempts.Single().Outcome}"));
        Assert.StartsWith("http:", record.Conversation);
        Assert.DoesNotContain("hunter22x", await File.ReadAllTextAsync(RouteLog.PathIn(_host.Home)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Auto_AsAStream_SaysWhoSpeaksAndWhatItTook(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        using var response = await _host.PostAsync(path, Body(path, "auto", "How far is the moon?", stream: true));
        var stream = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, stream);
        Assert.Contains("From the cloud.", stream);
        Assert.Contains("\"model\":\"cloud\"", stream);
        // The usual clients of the other two ask for it, or go without.
        if (path is not ("/v1/completions" or "/v1/chat/completions")) Assert.Contains(path.StartsWith("/api", StringComparison.Ordinal) ? "\"eval_count\":7" : "\"output_tokens\":7", stream);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task ANamedModel_IsAskedAndNoOther(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        Assert.Equal("Hello from the box.", TextOf(path, await _host.AskAsync(path, Body(path, TestHost.Model, "How far is the moon?"))));
        Assert.Equal("Hello from the box.", TextOf(path, await _host.AskAsync(path, Body(path, "router:local-only", "How far is the moon?"))));
        Assert.Empty(_cloud.Requests);
        Assert.Equal("From the cloud.", TextOf(path, await _host.AskAsync(path, Body(path, "cloud", "How far is the moon?"))));
        Assert.Equal("From the cloud.", TextOf(path, await _host.AskAsync(path, Body(path, "router:best", "How far is the moon?"))));
        Assert.Equal(404, (int)(await _host.PostAsync(path, Body(path, "router:careless", "Hi"))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Refused_IsToldInTheFormOfItsWire(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var error = await _host.AskAsync(path, Body(path, "cloud", "my password is hunter22x"), 422);
        var message = MessageOf(path, error);
        Assert.Contains("cloud may not see secret data", message);
        await ConfigureAsync("""{"profile":"cloud-first","budget":{"all":{"day":0.000001}}}""");
        error = await _host.AskAsync(path, Body(path, "cloud", "How far is the moon?"), 402);
        Assert.Contains("are left", MessageOf(path, error));
        Assert.Empty(_cloud.Requests);
        if (path == "/v1/messages") Assert.Equal("billing_error", (string?)error["error"]!["type"]);
    }

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task Tools_AreCalledByWhoeverAnswers_AndTheirResultsGoBackToIt(string path)
    {
        _answer = request => JsonElement.Parse(request.Body).GetProperty("messages").GetRawText().Contains("noon", StringComparison.Ordinal) ? Reply("It is noon.") : CallReply;
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        var body = JsonNode.Parse(Body(path, "auto", "What time is it?"))!.AsObject();
        body["tools"] = JsonNode.Parse(path == "/v1/messages"
            ? """[{"name":"now","description":"The time.","input_schema":{"type":"object","properties":{"zone":{"type":"string"}}}}]"""
            : """[{"type":"function","function":{"name":"now","description":"The time.","parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}}]""");
        var answer = await _host.AskAsync(path, body.ToJsonString());
        var said = path switch
        {
            "/v1/messages" => new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() },
            "/api/chat" => answer["message"]!.DeepClone().AsObject(),
            _ => answer["choices"]![0]!["message"]!.DeepClone().AsObject(),
        };
        Assert.Contains("Z\\u00FCrich", said.ToJsonString());
        var result = path switch
        {
            "/v1/messages" => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = (string)said["content"]![0]!["id"]!, ["content"] = "noon" }) },
            "/api/chat" => new JsonObject { ["role"] = "tool", ["tool_name"] = "now", ["content"] = "noon" },
            _ => new JsonObject { ["role"] = "tool", ["tool_call_id"] = (string)said["tool_calls"]![0]!["id"]!, ["content"] = "noon" },
        };
        body["messages"]!.AsArray().Add((JsonNode)said);
        body["messages"]!.AsArray().Add((JsonNode)result);
        // The box would come first now, but what was begun with its tools ends with them.
        body["model"] = "router:private";
        Assert.Equal("It is noon.", TextOf(path, await _host.AskAsync(path, body.ToJsonString())));
        var sent = JsonElement.Parse(_cloud.Requests[^1].Body).GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(sent[^2].GetProperty("tool_calls")[0].GetProperty("id").GetString(), sent[^1].GetProperty("tool_call_id").GetString());
    }

    [Theory]
    [MemberData(nameof(PicturePaths))]
    public async Task APicture_GoesToWhoeverMayLookAtIt(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""", target: ""","images":true,"data":["personal"]""");
        var answer = await _host.AskAsync(path, PictureBody(path, "auto", Png));
        Assert.Equal(("From the cloud.", "cloud"), (TextOf(path, answer), (string?)answer["model"]));
        Assert.Contains($"data:image/png;base64,{Png}", System.Text.Encoding.UTF8.GetString(_cloud.Requests.Single().Body));
        var record = RouteLog.Read(RouteLog.PathIn(_host.Home)).Single();
        Assert.Equal((DataClass.Personal, true, _cloud.Requests.Single().Body.Length, new Uri(_cloud.Address).Authority),
            (record.Decision.Request.Turn.Data, record.Decision.Request.Turn.HasImages, (int)record.Attempts.Single().BytesOut, record.Attempts.Single().To));
        Assert.Equal(("tiny", ExclusionReason.Images), (record.Decision.Out.Single().Target, record.Decision.Out.Single().Reason));
    }

    [Theory]
    [MemberData(nameof(PicturePaths))]
    public async Task APicture_NobodyMayLookAt_IsRefusedAndSaysWhy(string path)
    {
        // It sees, and may not see what is personal; it may, and does not see.
        foreach (var (target, why) in ((string, string)[])[(""","images":true""", "cloud may not see personal data"), (""","data":["personal"]""", "cloud does not read pictures")])
        {
            await ConfigureAsync("""{"profile":"cloud-first"}""", target: target);
            Assert.Contains(why, MessageOf(path, await _host.AskAsync(path, PictureBody(path, "auto", Png), 422)));
        }
        await ConfigureAsync("""{"profile":"cloud-first","classes":[{"class":"regulated","images":true}]}""", target: ""","images":true,"data":["personal"]""");
        Assert.Contains("cloud may not see regulated data", MessageOf(path, await _host.AskAsync(path, PictureBody(path, "auto", Png), 422)));
        // By its name a model of the box is asked, and it reads text.
        Assert.Contains("tiny reads text only", MessageOf(path, await _host.AskAsync(path, PictureBody(path, "tiny", Png), 400)));
        Assert.Empty(_cloud.Requests);
    }

    [Theory]
    [MemberData(nameof(PicturePaths))]
    public async Task WhatIsNoPicture_IsRefusedBeforeAnybodyIsAsked(string path)
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""", target: ""","images":true,"data":["personal"]""");
        Assert.Contains("is no PNG, JPEG, GIF or WebP picture", MessageOf(path, await _host.AskAsync(path, PictureBody(path, "auto", "aGVsbG8="), 400)));
        Assert.Contains("base64", MessageOf(path, await _host.AskAsync(path, PictureBody(path, "auto", "no!"), 400)));
        // Whoever sends a request does not say where this machine goes.
        if (!path.StartsWith("/api", StringComparison.Ordinal))
        {
            var elsewhere = PictureBody(path, "auto", Png, "https://pictures.example/cat.png");
            Assert.Contains("nothing is fetched", MessageOf(path, await _host.AskAsync(path, elsewhere, 400)));
        }
        Assert.Empty(_cloud.Requests);
    }

    [Fact]
    public async Task TheOwnersProfile_IsNotLiftedByWhoAsks()
    {
        await ConfigureAsync("""{"profile":"local-only"}""");
        Assert.Equal("tiny", (string?)(await _host.AskAsync("/v1/chat/completions", Body("/v1/chat/completions", "router:cloud-first", "How far is the moon?")))["model"]);
        Assert.Contains("the profile is local-only", MessageOf("/v1/chat/completions", await _host.AskAsync("/v1/chat/completions", Body("/v1/chat/completions", "cloud", "How far?"), 422)));
        Assert.Empty(_cloud.Requests);
    }

    [Fact]
    public async Task Nothing_IsNamed_TheRouterDecides()
    {
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        Assert.Equal("cloud", (string?)(await _host.AskAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"How far is the moon?"}]}"""))["model"]);
        // Without models elsewhere both mean the box's own.
        await ConfigureAsync("{}", withTarget: false);
        foreach (var name in (string[])["auto", "router:best"])
            Assert.Equal("tiny", (string?)(await _host.AskAsync("/v1/chat/completions", Body("/v1/chat/completions", name, "How far?")))["model"]);
    }

    [Fact]
    public async Task Models_RoutingIsOn_AreListed()
    {
        await ConfigureAsync("{}");
        Assert.Equal(["tiny", "auto", "cloud", "hash-1024"], Ids(await GetAsync("/v1/models")));
        Assert.Equal("cloud", (string?)JsonNode.Parse(await _host.Client.GetStringAsync("/v1/models/cloud"))!["id"]);
        Assert.Equal(["tiny", "auto", "cloud"], JsonNode.Parse(await _host.Client.GetStringAsync("/api/tags"))!["models"]!.AsArray().Select(m => (string)m!["name"]!));
        await ConfigureAsync("{}", withTarget: false);
        Assert.Equal(["tiny", "hash-1024"], Ids(await GetAsync("/v1/models")));

        async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _host.Client.GetStringAsync(path))!;
        static IEnumerable<string> Ids(JsonNode list) => list["data"]!.AsArray().Select(m => (string)m!["id"]!);
    }

    [Fact]
    public async Task APerson_HasTheirOwnBudgetAndTheirOwnModels()
    {
        await ConfigureAsync("""{"profile":"cloud-first","budget":{"people":{"kim":{"day":0.000001}}}}""", more: ""","people":{"kim":{"role":"member"},"jo":{"role":"boxed"}},"roles":{"boxed":{"models":["tiny"]}}""");
        var body = Body("/v1/chat/completions", "auto", "How far is the moon?");
        Assert.Equal("cloud", (string?)(await _host.AskAsync("/v1/chat/completions", body))["model"]);
        foreach (var person in (string[])["kim", "jo"])
        {
            _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync(person));
            Assert.Equal("tiny", (string?)(await _host.AskAsync("/v1/chat/completions", body))["model"]);
        }
        Assert.Equal([ExclusionReason.Budget, ExclusionReason.Person], RouteLog.Read(RouteLog.PathIn(_host.Home)).TakeLast(2).Select(r => r.Decision.Out.Single().Reason));
        // By name it is forbidden, as any other model that is not theirs.
        await _host.AskAsync("/v1/chat/completions", Body("/v1/chat/completions", "cloud", "How far?"), 403);
    }

    [Fact]
    public async Task WhoeverAsked_Leaves_TheCallElsewhereEnds()
    {
        _answer = _ => new FakeReply(200, Event("Well, ")) { FallSilent = true, NoLength = true }.With("Content-Type", "text/event-stream");
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        using (var response = await _host.PostAsync("/v1/chat/completions", Body("/v1/chat/completions", "auto", "How far is the moon?", stream: true), whole: false))
        using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            while (await reader.ReadLineAsync() is { } line)
                if (line.Contains("Well, ", StringComparison.Ordinal)) break;
        }
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(RouteLog.PathIn(_host.Home)) || !RouteLog.Read(RouteLog.PathIn(_host.Home)).Any()) await Task.Delay(10, patience.Token);
        Assert.Equal("stopped", RouteLog.Read(RouteLog.PathIn(_host.Home)).Single().Attempts.Single().Outcome);
    }

    [Fact]
    public async Task ItBreaksOff_TheBoxGoesOnAndItIsOneAnswer()
    {
        _answer = _ => new FakeReply(200, Event("The moon is ")) { NoLength = true }.With("Content-Type", "text/event-stream");
        await ConfigureAsync("""{"profile":"cloud-first"}""");
        foreach (var stream in (bool[])[false, true])
        {
            using var response = await _host.PostAsync("/v1/chat/completions", Body("/v1/chat/completions", "auto", "How far is the moon?", stream));
            var text = await response.Content.ReadAsStringAsync();
            var said = stream
                ? string.Concat(text.Split('\n').Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => (string?)JsonNode.Parse(l[6..])!["choices"]![0]!["delta"]!["content"]))
                : TextOf("/v1/chat/completions", JsonNode.Parse(text)!);
            Assert.Equal("The moon is Hello from the box.", said);
        }
    }

    [Fact]
    public async Task CountTokens_WhereTheRouterDecides_IsAbout()
    {
        await ConfigureAsync("{}");
        var count = (int)(await _host.AskAsync("/v1/messages/count_tokens", Body("/v1/messages", "auto", new string('a', 400))))["input_tokens"]!;
        Assert.InRange(count, 100, 110);
        Assert.Empty(_cloud.Requests);
    }

    private async Task ConfigureAsync(string router, bool withTarget = true, string more = "", string target = "")
    {
        var targets = withTarget ? $$"""{ "cloud": { "url": "{{_cloud.Address}}/v1", "model": "m", "window": 8192, "priceIn": 1, "priceOut": 2, "keepsData": false{{target}} } }""" : "{}";
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "appliance.json"), $$"""{ "models": { "targets": {{targets}} }, "router": {{router}}{{more}} }""");
        await _host.RestartAsync();
    }

    private async Task<string> TokenAsync(string person)
    {
        await using var owner = await GatewayClient.ConnectAsync(_host.Address, _host.Token);
        return (await owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = person })).GetProperty("token").GetString()!;
    }

    private static string Body(string path, string model, string text, bool stream = false)
    {
        var body = new JsonObject { ["model"] = model, ["stream"] = stream };
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text });
        (string Name, JsonNode Value) question = path switch
        {
            "/v1/responses" => ("input", text),
            "/v1/completions" or "/api/generate" => ("prompt", text),
            _ => ("messages", messages),
        };
        body[question.Name] = question.Value;
        if (path == "/v1/messages") body["max_tokens"] = 100;
        return body.ToJsonString();
    }

    private static string PictureBody(string path, string model, string base64, string? address = null)
    {
        var body = JsonNode.Parse(Body(path, model, "What is this?"))!.AsObject();
        var (user, url) = (new JsonObject { ["role"] = "user" }, address ?? $"data:image/png;base64,{base64}");
        switch (path)
        {
            case "/v1/responses":
                user["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = "What is this?" }, new JsonObject { ["type"] = "input_image", ["image_url"] = url });
                body["input"] = new JsonArray(user);
                break;
            case "/v1/messages":
                var source = address is null ? new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = base64 } : new JsonObject { ["type"] = "url", ["url"] = url };
                user["content"] = new JsonArray(new JsonObject { ["type"] = "image", ["source"] = source }, new JsonObject { ["type"] = "text", ["text"] = "What is this?" });
                body["messages"] = new JsonArray(user);
                break;
            case "/api/chat": body["messages"]![0]!["images"] = new JsonArray(base64); break;
            case "/api/generate": body["images"] = new JsonArray(base64); break;
            default:
                user["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "What is this?" }, new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url, ["detail"] = "low" } });
                body["messages"] = new JsonArray(user);
                break;
        }
        return body.ToJsonString();
    }

    private static string? TextOf(string path, JsonNode answer) => (string?)(path switch
    {
        "/v1/responses" => answer["output"]![0]!["content"]![0]!["text"],
        "/v1/completions" => answer["choices"]![0]!["text"],
        "/v1/messages" => answer["content"]![0]!["text"],
        "/api/chat" => answer["message"]!["content"],
        "/api/generate" => answer["response"],
        _ => answer["choices"]![0]!["message"]!["content"],
    });

    private static string MessageOf(string path, JsonNode error) => (string)(path.StartsWith("/api", StringComparison.Ordinal) ? error["error"] : error["error"]!["message"])!;

    private static string Event(string text) => $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n";

    private static FakeReply Reply(string text) => new FakeReply(200,
        $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":70,\"completion_tokens\":7}}}}\n\ndata: [DONE]\n\n").With("Content-Type", "text/event-stream");

    private static FakeReply CallReply => new FakeReply(200,
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"abc\",\"function\":{\"name\":\"now\",\"arguments\":\"{\\\"zone\\\":\\\"Zürich\\\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n")
        .With("Content-Type", "text/event-stream");
}
