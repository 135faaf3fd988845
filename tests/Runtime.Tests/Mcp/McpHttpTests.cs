using System.Globalization;
using System.Text.Json;
using Models.Egress;
using Runtime.Mcp;
using Runtime.Sandbox;
using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Mcp;

/// <summary>Servers over HTTP, on real sockets: answers as JSON and as events, streams that break off, sessions that end, and bad manners.</summary>
public sealed class McpHttpTests
{
    private const string Hello = """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"far","version":"1"}}""";
    private const string List = """{"tools":[{"name":"echo","description":"Says it again.","inputSchema":{"type":"object"}}]}""";
    private const string Said = """{"content":[{"type":"text","text":"hi"}]}""";

    [Fact]
    public async Task Call_AnsweredByJsonOrEvents_CarriesSessionVersionAndToken()
    {
        using var server = new FakeServer(request => Answer(request, (id, method) => method == "tools/call"
            ? Events($"event: message\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}}\n\nid: 1\ndata: {Result(id, Said)}\n\n")
            : Json(Result(id, method == "initialize" ? Hello : List))));
        await using var far = new Far(server.Address);
        Assert.Equal("hi", (await far.CallAsync()).Text);
        var call = Single(server, "tools/call");
        Assert.Equal(("s1", "2025-11-25", "Bearer t"), (call.Header("Mcp-Session-Id"), call.Header("MCP-Protocol-Version"), call.Header("Authorization")));
        Assert.Null(Single(server, "initialize").Header("Mcp-Session-Id"));
        await far.DisposeAsync();
        Assert.Contains(server.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task Call_WhoseStreamBreaksOff_GoesOnAtItsLastEvent()
    {
        using var server = new FakeServer(request => request.Method == "GET"
            ? Events($"id: 2\ndata: {Result(3, Said)}\n\n")
            : Answer(request, (id, method) => method == "tools/call" ? Events("id: 1\nretry: 10\ndata:\n\n") : Json(Result(id, method == "initialize" ? Hello : List))));
        await using var far = new Far(server.Address);
        Assert.Equal("hi", (await far.CallAsync()).Text);
        Assert.Equal("1", server.Requests.Single(r => r.Method == "GET").Header("Last-Event-ID"));
    }

    [Fact]
    public async Task Call_InASessionThatIsOver_BeginsAnotherAndIsDoneOnce()
    {
        var sessions = 0;
        using var server = new FakeServer(request => Answer(request, (id, method) => method switch
        {
            "initialize" => Json(Result(id, Hello), $"s{++sessions}"),
            "tools/call" when request.Header("Mcp-Session-Id") == "s1" => new FakeReply(404),
            "tools/call" => Json(Result(id, Said)),
            _ => Json(Result(id, List)),
        }));
        await using var far = new Far(server.Address);
        Assert.Equal("hi", (await far.CallAsync()).Text);
        Assert.Equal(2, sessions);
    }

    [Theory]
    [InlineData(401, "application/json", "", "token")]
    [InlineData(405, "application/json", "", "no MCP endpoint")]
    [InlineData(500, "application/json", "", "answered 500")]
    [InlineData(302, "application/json", "", "answered 302")]
    [InlineData(200, "text/html", "<html>", "no message")]
    [InlineData(200, "application/json", "[]", "no message")]
    [InlineData(200, "text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n", "before the end")]
    [InlineData(200, "text/event-stream", "data: {\n\n", "no message")]
    public async Task Server_ThatAnswersOtherwise_FailsWithAWord(int status, string type, string body, string expected)
    {
        using var server = new FakeServer(_ => new FakeReply(status, body).With("Content-Type", type).With("Location", "http://127.0.0.1:1/"));
        await using var far = new Far(server.Address);
        var fault = await Assert.ThrowsAsync<McpException>(far.CallAsync);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    public async Task Server_ThatSendsWithoutEnd_IsCutOff(string type)
    {
        var body = "data: {\"x\":\"" + new string('x', 200_000);
        using var server = new FakeServer(_ => new FakeReply(200, body).With("Content-Type", type));
        await using var far = new Far(server.Address, new McpLimits { Message = 65536 });
        Assert.Contains("more than 65536 bytes", (await Assert.ThrowsAsync<McpException>(far.CallAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_Elsewhere_IsNotReachedOfflineNorInTheClear()
    {
        await using var offline = new Far("https://mcp.example/mcp", egress: new EgressPolicy { Offline = true });
        Assert.Contains("Offline mode", (await Assert.ThrowsAsync<McpException>(offline.CallAsync)).Message, StringComparison.Ordinal);
        await using var clear = new Far("http://mcp.example/mcp");
        Assert.Contains("not encrypted", (await Assert.ThrowsAsync<McpException>(clear.CallAsync)).Message, StringComparison.Ordinal);
    }

    private static FakeReply Answer(FakeRequest request, Func<long, string, FakeReply> answer)
    {
        if (request.Method != "POST") return new FakeReply(405);
        var message = JsonElement.Parse(request.Body);
        return message.TryGetProperty("id", out var id) ? answer(id.GetInt64(), message.GetProperty("method").GetString()!) : new FakeReply(202);
    }

    private static string Result(long id, string result) => string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");

    private static FakeReply Json(string json, string session = "s1") =>
        new FakeReply(200, json).With("Content-Type", "application/json").With("Mcp-Session-Id", session);

    private static FakeReply Events(string text) => new FakeReply(200, text).With("Content-Type", "text/event-stream");

    private static FakeRequest Single(FakeServer server, string method) =>
        server.Requests.Single(r => r.Method == "POST" && JsonElement.Parse(r.Body).GetProperty("method").GetString() == method);

    private sealed class Far : IAsyncDisposable
    {
        private readonly TemporaryFolder _home = new();
        private readonly McpBook _book;
        private bool _isDisposed;

        public Far(string address, McpLimits? limits = null, EgressPolicy? egress = null)
        {
            _book = new McpBook(_home.Path, egress ?? new EgressPolicy(), new CommandSandbox(), null, _ => { }, TimeProvider.System);
            _book.Set([new McpServerSettings("far", "1") { Address = new Uri(address), Headers = () => [new("Authorization", "Bearer t")], Limits = limits ?? new() }]);
        }

        public Task<ToolResult> CallAsync() => _book.CallAsync("far", "echo", ToolArguments.Parse("{}"), default);

        public async ValueTask DisposeAsync()
        {
            if (_isDisposed) return;
            _isDisposed = true;
            await _book.DisposeAsync();
            _home.Dispose();
        }
    }
}
