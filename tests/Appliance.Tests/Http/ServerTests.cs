using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Models.Generation;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>What holds for every path: routes, limits, and what happens to requests in flight.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private const string Chat = "/v1/chat/completions";
    private const string Hi = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}]}""";
    private const string HiStreamed = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"stream":true}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Models_ListsAndFindsThem()
    {
        var list = JsonNode.Parse(await _host.Client.GetStringAsync("/v1/models"))!;
        Assert.Equal("list", (string?)list["object"]);
        Assert.Equal(["other:7b", "tiny", "hash-1024"], list["data"]!.AsArray().Select(m => (string?)m!["id"]));
        Assert.Equal("""{"id":"tiny","created":1767323045,"object":"model","owned_by":"appliance"}""", await _host.Client.GetStringAsync("/v1/models/tiny"));
        Assert.Contains("other:7b", await _host.Client.GetStringAsync("/v1/models/other%3A7b"));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "unknown_url")]
    [InlineData("GET", "/v1/models/nothing", 404, "model_not_found")]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/models/tiny", 405, "method_not_allowed")]
    public async Task Request_ThatHasNoRoute_GetsOpenAisError(string method, string path, int status, string code)
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(p => p.Key));
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("GET", "/api/chat", 405)]
    public async Task Request_ThatHasNoRoute_GetsOllamasError(string method, string path, int status)
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("error", Assert.Single(JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject()).Key);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task OpenAi_OtherContentType_Is415(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Hi) };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("{", "line 1, byte 2")]
    [InlineData("{\n  \"model\": tiny}", "line 2, byte 13")]
    [InlineData("{\"messages\":\"\\ud800\"}", "surrogate pair in the text at byte 13")]
    [InlineData("{\"\\udc00\":1}", "surrogate pair in the text at byte 2")]
    [InlineData("", "empty")]
    [InlineData("null", "object")]
    [InlineData("[]", "object")]
    [InlineData("7", "object")]
    [InlineData("{\"model\":7}", "model must be a string")]
    [InlineData("{\"stream\":\"yes\"}", "stream must be true or false")]
    public async Task Body_ThatIsWrong_IsExplained(string body, string hint)
    {
        var error = (await _host.AskAsync(Chat, body, 400))["error"]!;
        Assert.Contains(hint, (string?)error["message"]);
    }

    [Fact]
    public async Task Body_WithByteOrderMark_IsRead()
    {
        using var response = await _host.PostAsync(Chat, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Hi)]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_BeyondTheLimit_Is413(bool chunked)
    {
        await using var host = await TestHost.StartAsync(o => o with { MaxBodyBytes = 100_000 });
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(new string(' ', 100_001), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]);

        await host.AskAsync(Chat, Hi);
    }

    [Fact]
    public async Task Body_JustWithinTheLimit_IsRead()
    {
        await using var host = await TestHost.StartAsync(o => o with { MaxBodyBytes = 100_000 });
        await host.AskAsync(Chat, Hi.PadRight(100_000));
    }

    [Fact]
    public async Task Client_ThatDisconnects_CancelsTheGeneration()
    {
        _host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("One", cancellation);
        using (var response = await _host.PostAsync(Chat, HiStreamed, whole: false))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Contains("assistant", await reader.ReadLineAsync());
            Assert.False(_host.Tiny.Cancelled.Task.IsCompleted);
        }
        await _host.Tiny.Cancelled.Task.WaitAsync(Patience);
        Assert.Empty(_host.Bugs);
    }

    [Fact]
    public async Task Client_ThatDisconnectsBeforeTheFirstToken_CancelsTheGeneration()
    {
        var begun = new TaskCompletionSource();
        _host.Tiny.Answer = cancellation => Hang(cancellation);
        using var abort = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Hi, Encoding.UTF8, "application/json") };
        var sent = _host.Client.SendAsync(request, abort.Token);
        await begun.Task.WaitAsync(Patience);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await _host.Tiny.Cancelled.Task.WaitAsync(Patience);

        async IAsyncEnumerable<string> Hang([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            yield break;
        }
    }

    [Fact]
    public async Task Server_ThatStops_EndsStreamsInFlightWithAWord()
    {
        _host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("One", cancellation);
        using var response = await _host.PostAsync(Chat, HiStreamed, whole: false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Contains("assistant", await reader.ReadLineAsync());

        await _host.StopAsync().WaitAsync(Patience);

        var rest = await reader.ReadToEndAsync();
        Assert.Contains("shutting down", rest);
        Assert.DoesNotContain("[DONE]", rest);
        Assert.True(_host.Tiny.Cancelled.Task.IsCompleted);
    }

    [Fact]
    public async Task Server_ManyBodiesOfUnknownLength_AreAnsweredTogether()
    {
        // Many HTTP clients send JSON in chunks, without saying its length before.
        _host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("One", cancellation);
        var open = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(HiStreamed, Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = true;
            return _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }));
        Assert.All(open, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        foreach (var response in open) response.Dispose();
    }

    [Fact]
    public async Task Server_ThatIsFull_Answers503AndRecovers()
    {
        await using var host = await TestHost.StartAsync(o => o with { MaxRequests = 1 });
        host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("One", cancellation);
        using (await host.PostAsync(Chat, HiStreamed, whole: false))
        {
            using var refused = await host.PostAsync(Chat, Hi);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            Assert.Equal("overloaded", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["code"]);
            Assert.Equal("ok", (string?)JsonNode.Parse(await host.Client.GetStringAsync("/healthz"))!["status"]);
        }
        await host.Tiny.Cancelled.Task.WaitAsync(Patience);
        host.Tiny.Answer = _ => ScriptedModel.Say("again");
        HttpStatusCode status;
        do
        {
            // The slot is given back a moment after the model noticed.
            using var response = await host.PostAsync(Chat, Hi);
            status = response.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Requests_TwoHundredAtOnce_AreAllAnswered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var streamed = i % 2 == 0;
            using var response = await _host.PostAsync(Chat, streamed ? HiStreamed : Hi);
            return (response.StatusCode, Body: await response.Content.ReadAsStringAsync(), streamed);
        }));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.All(answers, a => Assert.Contains(a.streamed ? "data: [DONE]\n\n" : "Hello from the box.", a.Body));
        Assert.Equal(200, _host.Tiny.Calls.Count);
        Assert.Empty(_host.Bugs);
    }

    [Fact]
    public async Task Reader_ThatIsSlow_GetsEverything()
    {
        var piece = new string('x', 1000);
        _host.Tiny.Answer = _ => ScriptedModel.Say([.. Enumerable.Repeat(piece, 2000)]);
        using var response = await _host.PostAsync(Chat, HiStreamed, whole: false);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var text = new StringBuilder();
        var buffer = new byte[700];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            await Task.Yield();
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        Assert.EndsWith("data: [DONE]\n\n", text.ToString());
        Assert.Equal(2000, text.ToString().Split(piece).Length - 1);
    }

    [Fact]
    public async Task Reader_ThatStopsReading_DoesNotHoldTheModel()
    {
        _host.Tiny.Answer = cancellation => Flood(cancellation);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(_host.Address.Host, _host.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {Chat} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {HiStreamed.Length}\r\n\r\n{HiStreamed}"));

        await _host.Tiny.Cancelled.Task.WaitAsync(Patience);

        static async IAsyncEnumerable<string> Flood([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            var text = new string('x', 65536);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                await Task.Yield();
                yield return text;
            }
        }
    }

    [Fact]
    public async Task Health_WithoutAModel_IsReady()
    {
        await using var host = await TestHost.StartAsync(null, []);
        Assert.Equal("""{"status":"ok"}""", await host.Client.GetStringAsync("/healthz"));
        Assert.Equal("""{"status":"ready"}""", await host.Client.GetStringAsync("/readyz"));
        Assert.Contains("appliance models", (string?)(await host.AskAsync(Chat, Hi, 404))["error"]!["message"]);
    }

    [Fact]
    public async Task Ready_OnlyWhenTheModelNamedAtStartIsLoaded()
    {
        await using var host = await TestHost.StartAsync(o => o with { Model = "tiny" });
        using var early = await host.Client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Contains("tiny", await early.Content.ReadAsStringAsync());
        await host.LoadAsync("tiny");
        Assert.Equal("""{"status":"ready"}""", await host.Client.GetStringAsync("/readyz"));
    }

    [Theory]
    [InlineData("models", "The folder of the models cannot be read")]
    [InlineData("agents", "agents")]
    [InlineData("schedule.sqlite", "schedule.sqlite")]
    public async Task Ready_WhereAPartOfTheHomeCannotBeRead_SaysWhyInASentence_UntilItCan(string part, string why)
    {
        using var home = new TemporaryFolder();
        var told = new ConcurrentQueue<string>();
        await using var host = await TestHost.StartAtAsync(home.Path, options =>
        {
            Directory.CreateDirectory(home[part]);
            Directory.Move(home[part], home["away"]);
            // Nobody can read a link to itself, root included.
            File.CreateSymbolicLink(home[part], home[part]);
            return options with { Tell = told.Enqueue };
        });
        Assert.Equal("""{"status":"ok"}""", await host.Client.GetStringAsync("/healthz"));
        using var ill = await host.Client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ill.StatusCode);
        var reason = (string?)JsonNode.Parse(await ill.Content.ReadAsStringAsync())!["reason"];
        Assert.Contains(why, reason, StringComparison.Ordinal);
        Assert.Equal($"not ready: {reason}", Assert.Single(told));
        Assert.Contains(part, reason, StringComparison.Ordinal);

        File.Delete(home[part]);
        Directory.Move(home["away"], home[part]);
        Assert.Equal("""{"status":"ready"}""", await host.Client.GetStringAsync("/readyz"));
        Assert.Empty(host.Bugs);
    }

    [Fact]
    public async Task Model_ThatCannotBeLoaded_TellsWhy()
    {
        _host.LoadFault = new GenerationException("It needs 7.0 GB, and 2.0 GB are free.");
        Assert.Contains("7.0 GB", (string?)(await _host.AskAsync(Chat, Hi, 400))["error"]!["message"]);
    }
}
