using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Client;
using Appliance.Commands;
using Appliance.Commands.Chat;
using Appliance.Commands.Devices;
using Appliance.Commands.Gateway;
using Appliance.Commands.Sessions;
using Appliance.Tests.Http;
using Models;
using TestKit;
using GatewayClient = TestKit.GatewayClient;

namespace Appliance.Tests.Commands.Gateway;

/// <summary>The commands that ask a gateway, against the real server, by address and token.</summary>
public sealed class GatewayCommandsTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private string _token = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(null, TestHost.Model);
        _token = Path.Combine(_host.Home, "token");
        await File.WriteAllTextAsync(_token, _host.Token);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Agent_Streams_AndTheSessionCanBeListedShownExportedResetAndDeleted()
    {
        Assert.Equal("Hello from the box.\n", await Run(AgentCommand.Create(), "-m", "hi", "--session", "agent:main:trip"));
        var list = await Run(SessionsCommand.Create(), "list");
        Assert.Matches(@"agent:main:trip +hi +done +[0-9]+ +tiny +[0-9]+ s ago", list);
        Assert.Equal("agent:main:trip", Json(await Run(SessionsCommand.Create(), "list", "--json")).Items("sessions").Single().Text("key"));
        Assert.Matches(@"^user  .*\nhi\n\nassistant  .*\nHello from the box\.\n\n$", await Run(SessionsCommand.Create(), "show", "agent:main:trip"));
        Assert.Matches(@"^## user, .*\n\nhi\n\n## assistant, .*\n\nHello from the box\.\n\n$", await Run(SessionsCommand.Create(), "export", "agent:main:trip"));

        var file = Path.Combine(_host.Home, "trip.jsonl");
        await Run(SessionsCommand.Create(), "export", "agent:main:trip", "--format", "jsonl", "-o", file);
        Assert.Equal(["user", "assistant"], File.ReadLines(file).Select(line => JsonElement.Parse(line).Text("role")));
        var error = await Assert.ThrowsAsync<ModelException>(() => Run(SessionsCommand.Create(), "export", "agent:main:trip", "-o", file));
        Assert.Contains("exists", error.Message, StringComparison.Ordinal);

        Assert.Equal("reset agent:main:trip\n", await Run(SessionsCommand.Create(), "reset", "agent:main:trip"));
        await Assert.ThrowsAsync<ModelException>(() => Run(SessionsCommand.Create(), "export", "agent:main:trip"));
        Assert.Equal("deleted agent:main:trip\n", await Run(SessionsCommand.Create(), "delete", "agent:main:trip"));
        Assert.Equal("", await Run(SessionsCommand.Create(), "list"));
    }

    [Fact]
    public async Task Agent_WhatAModelWrites_CannotSteerTheTerminal()
    {
        _host.Tiny.Answer = _ => ScriptedModel.Say("one\n\ttwo", " \e[2Jthree");
        Assert.Equal("one\n\ttwo ?[2Jthree\n", await Run(AgentCommand.Create(), "-m", "hi"));
    }

    [Fact]
    public async Task Agent_Interrupted_StopsTheGatewaysAnswerToo()
    {
        using var interrupt = new CancellationTokenSource();
        _host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("I begin", cancellation);
        var output = new Watched(text => { if (text.Contains("I begin", StringComparison.Ordinal)) interrupt.Cancel(); });
        var rc = await AgentCommand.Create().Parse(Arguments(["-m", "hi"])).InvokeAsync(new() { Output = output, Error = new StringWriter(), EnableDefaultExceptionHandler = false }, interrupt.Token);
        Assert.Equal(ExitCode.Interrupted, rc);
        await _host.Tiny.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Agent_Json_IsTheGatewaysResult()
    {
        var result = Json(await Run(AgentCommand.Create(), "-m", "hi", "--json"));
        Assert.Equal(("ok", "Hello from the box."), (result.Text("status"), result.Member("result").Items("payloads").Single().Text("text")));
    }

    [Fact]
    public async Task Devices_FromWaitingToRevoked()
    {
        Assert.Equal("", await Run(DevicesCommand.Create(), "list"));
        var key = new DeviceKey(1);
        var request = await AskToComeInAsync(key);
        Assert.Contains(request, await Run(DevicesCommand.Create(), "list"), StringComparison.Ordinal);
        Assert.Equal(request, Json(await Run(PairingCommand.Create(), "list", "--json")).Items("devices").Single().Text("requestId"));

        Assert.StartsWith("approved box: operator.read", await Run(PairingCommand.Create(), "approve", request), StringComparison.Ordinal);
        Assert.Equal($"{key.Id} is now phone\n", await Run(DevicesCommand.Create(), "rename", key.Id, "phone"));
        Assert.Contains("phone", await Run(DevicesCommand.Create(), "list"), StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<GatewayClientException>(() => Run(DevicesCommand.Create(), "rotate", key.Id));
        Assert.Contains("device.token.rotate", unknown.Message, StringComparison.Ordinal);
        Assert.Equal($"revoked {key.Id}\n", await Run(DevicesCommand.Create(), "revoke", key.Id));
        Assert.Equal("", await Run(DevicesCommand.Create(), "list"));

        var again = await AskToComeInAsync(key);
        Assert.Equal($"rejected {key.Id}\n", await Run(DevicesCommand.Create(), "reject", again));
        Assert.Equal("INVALID_REQUEST", (await Assert.ThrowsAsync<GatewayClientException>(() => Run(DevicesCommand.Create(), "approve", again))).Code);
    }

    [Fact]
    public async Task Nodes_CanBeListedDescribedRenamedInvokedAndRemoved()
    {
        await using var node = await GatewayClient.OpenAsync(_host.Address);
        var key = new DeviceKey(2);
        var hello = await node.RequestAsync("connect", node.Device(key, new JsonObject { ["token"] = _host.Token }, role: "node", change: connect => connect["commands"] = new JsonArray("echo")));
        Assert.True(hello.GetProperty("ok").GetBoolean());
        var waits = Json(await Run(PairingCommand.Create(), "list", "--json")).Items("nodes").Single();
        Assert.Equal("approved box: echo\n", await Run(PairingCommand.Create(), "approve", waits.Text("requestId")!));
        Assert.Equal($"{key.Id} is now attic\n", await Run(NodesCommand.Create(), "rename", key.Id, "attic"));
        Assert.Matches($"{key.Id} +attic +connected +approved +echo", await Run(NodesCommand.Create(), "list"));
        Assert.Contains("commands        echo", await Run(NodesCommand.Create(), "describe", key.Id), StringComparison.Ordinal);

        var invoked = Run(NodesCommand.Create(), "invoke", key.Id, "echo", """{"say":"hi"}""");
        var request = await node.EventAsync("node.invoke.request");
        Assert.Equal("""{"say":"hi"}""", request.GetProperty("paramsJSON").GetString());
        await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = request.GetProperty("id").GetString(), ["nodeId"] = key.Id, ["ok"] = true, ["payloadJSON"] = """{"said":"hi"}""" });
        Assert.Equal("{\"said\":\"hi\"}\n", await invoked);
        Assert.Equal($"removed {key.Id}\n", await Run(NodesCommand.Create(), "remove", key.Id));
    }

    [Fact]
    public async Task Call_AnyMethod_PrintsItsAnswer_AndRefusesWhatIsNoJson()
    {
        Assert.Equal(3, Json(await Run(CallCommand.Create(), "sessions.list", """{"limit":3}""")).Number("limitApplied"));
        Assert.Contains("chat.send\n", await Run(CallCommand.Create(), "--list"), StringComparison.Ordinal);
        foreach (var wrong in new[] { "[1]", "{", "7" })
            Assert.Contains("no JSON object", (await Assert.ThrowsAsync<ModelException>(() => Run(CallCommand.Create(), "health", wrong))).Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<GatewayClientException>(() => Run(CallCommand.Create(), "no.such.method"));
        Assert.Equal("no.such.method: unknown method: no.such.method", refused.Message);
        Assert.NotEmpty(CallCommand.Create().Parse([]).Errors);
    }

    [Fact]
    public async Task Logs_ShowWhoCame_FromTheGatewayAndFromTheDisk()
    {
        await Run(CallCommand.Create(), "health");
        Assert.Contains("cli/cli connected as operator", await FollowUntilAsync("connected as operator"), StringComparison.Ordinal);
        await _host.StopAsync();
        var output = new StringWriter();
        Assert.Equal(0, await LogsCommand.Create(() => _host.Home).Parse([]).InvokeAsync(new() { Output = output, EnableDefaultExceptionHandler = false }));
        Assert.Contains("cli/cli connected as operator", output.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<GatewayClientException>(() => LogsCommand.Create(() => _host.Home).Parse(["-f"]).InvokeAsync(new() { Output = output, EnableDefaultExceptionHandler = false }));
    }

    [Theory]
    [InlineData("""{"time":"t","level":"warn","subsystem":"gateway","message":"refused"}""", "t  warn   refused")]
    [InlineData("not json", "not json")]
    [InlineData("7", "7")]
    public void Format_OfALogLine_IsForPeople(string line, string expected) => Assert.Equal(expected, LogsCommand.Format(line));

    [Fact]
    public async Task GatewayStatus_AndDashboard_ByTheHomesSocket()
    {
        var status = Json(await RunAtHome(GatewayCommand.Create(() => _host.Home), "status", "--json"));
        Assert.Equal((Environment.ProcessId, $"http://127.0.0.1:{_host.Address.Port}", "tiny"), ((int)status.Number("pid")!.Value, status.Text("address"), status.Text("model")));
        Assert.StartsWith($"process     {Environment.ProcessId}\naddress     http://127.0.0.1:{_host.Address.Port}\n", await RunAtHome(GatewayCommand.Create(() => _host.Home), "status"), StringComparison.Ordinal);
        Assert.Equal($"http://127.0.0.1:{_host.Address.Port}/#token={_host.Token}\n", await RunAtHome(DashboardCommand.Create(() => _host.Home), "--token-file", _token));
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private string[] Arguments(string[] arguments) => [.. arguments, "--url", $"ws://127.0.0.1:{_host.Address.Port}", "--token-file", _token];

    private Task<string> Run(Command command, params string[] arguments) => RunAtHome(command, Arguments(arguments));

    private static async Task<string> RunAtHome(Command command, params string[] arguments)
    {
        var output = new StringWriter();
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.Equal(ExitCode.Ok, await parsed.InvokeAsync(new() { Output = output, Error = new StringWriter(), EnableDefaultExceptionHandler = false }));
        return output.ToString();
    }

    /// <summary>The log is written behind the gateway's back: it is followed until the line is there.</summary>
    private async Task<string> FollowUntilAsync(string expected)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = new Watched(text => { if (text.Contains(expected, StringComparison.Ordinal)) stop.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LogsCommand.Create().Parse(Arguments(["-f"])).InvokeAsync(new() { Output = output, EnableDefaultExceptionHandler = false }, stop.Token));
        return output.ToString();
    }

    private async Task<string> AskToComeInAsync(DeviceKey key)
    {
        // What a proxy forwards is not of this machine, and waits.
        await using var client = await GatewayClient.OpenAsync(_host.Address, new Dictionary<string, string> { ["X-Forwarded-For"] = "203.0.113.9" });
        var refused = await client.RequestAsync("connect", client.Device(key, new JsonObject { ["token"] = _host.Token }));
        return refused.GetProperty("error").GetProperty("details").GetProperty("requestId").GetString()!;
    }

    private sealed class Watched(Action<string> written) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            written(ToString());
        }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            written(ToString());
        }
    }
}
