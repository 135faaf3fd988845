using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Tests.Http;
using Models;
using TestKit;
using GatewayClient = Appliance.Client.GatewayClient;

namespace Appliance.Tests.Client;

/// <summary>Our own client against the real server, by the home's socket and by address.</summary>
public sealed class GatewayClientTests
{
    private static readonly string[] Everything = [.. Scope.All];

    [Fact]
    public async Task Connect_ByTheHomesSocket_IsTheOwnerWithoutAToken()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), [Scope.Read], default);
        Assert.Equal(ProductVersion.Text, client.Hello.Member("server").Text("version"));
        Assert.Equal(["local", "operator.read"], [client.Hello.Member("auth").Text("method")!, .. client.Hello.Member("auth").Texts("scopes")]);
        Assert.Equal(Environment.ProcessId, client.ServerPid);
        Assert.Equal(Environment.ProcessId, (await client.RequestAsync("appliance.snapshot")).Number("pid"));
        var error = await Assert.ThrowsAsync<GatewayClientException>(() => client.RequestAsync("sessions.delete", to => to.Add("key", "main")));
        Assert.Equal(("FORBIDDEN", "sessions.delete: missing scope: operator.admin"), (error.Code, error.Message));
    }

    [Fact]
    public async Task Connect_ByTheSocketWhereATokenWasGiven_NeedsItNotEither()
    {
        await using var host = await TestHost.StartAsync(options => options with { Token = "0123456789abcdef0123456789abcdef" });
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), Everything, default);
        Assert.Equal(Everything, client.Hello.Member("auth").Texts("scopes"));
    }

    [Fact]
    public async Task Connect_ByAddress_NeedsTheToken()
    {
        await using var host = await TestHost.StartAsync();
        var url = $"ws://127.0.0.1:{host.Address.Port}";
        await using (var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, url, host.Token), Everything, default))
            Assert.Null(client.ServerPid);

        var none = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, url, null), Everything, default));
        Assert.Contains("--token-file", none.Message, StringComparison.Ordinal);
        var wrong = new string('x', 32);
        var other = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, url, wrong), Everything, default));
        Assert.Equal("AUTH_TOKEN_MISMATCH", other.Code);
        Assert.DoesNotContain(wrong, other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_SaysHowToStartOne()
    {
        using var home = new TemporaryFolder();
        var none = Assert.Throws<GatewayClientException>(() => GatewayTarget.Find(home.Path, null, null));
        Assert.Equal(GatewayClientException.NotRunning, none.Code);
        Assert.Contains("appliance gateway run", none.Message, StringComparison.Ordinal);

        // What a gateway that was killed leaves.
        Directory.CreateDirectory(Path.GetDirectoryName(LocalSocket.PathIn(home.Path))!);
        await File.WriteAllTextAsync(LocalSocket.PathIn(home.Path), "");
        var stale = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find(home.Path, null, null), [], default));
        Assert.Equal(GatewayClientException.NotRunning, stale.Code);

        var port = FreePort();
        var refused = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find(home.Path, $"127.0.0.1:{port}", "t"), [], default));
        Assert.Equal(GatewayClientException.NotRunning, refused.Code);
        Assert.Contains("nothing listens there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToSomethingElse_SaysSo()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "I am no gateway."));
        var error = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find("/nowhere", server.Address, "t"), [], default));
        Assert.Contains("is no gateway", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"type\":\"event\"}")]
    [InlineData("{\"type\":\"event\",\"event\":7}")]
    [InlineData("{\"type\":\"res\",\"id\":\"1\",\"ok\":true}")]
    public async Task Connect_ToAWebSocketThatTalksNonsense_SaysSo(string frame)
    {
        await using var server = await NonsenseServer.StartAsync([frame]);
        var error = await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find("/nowhere", server.Url, "t"), [], default));
        Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"res\",\"id\":\"1\",\"ok\":false}")]
    [InlineData("{\"type\":\"res\",\"id\":\"1\",\"ok\":\"yes\",\"error\":7}")]
    [InlineData("{\"type\":\"res\",\"id\":\"1\",\"ok\":false,\"error\":{\"code\":1,\"message\":[],\"details\":{\"code\":\"AUTH_RATE_LIMITED\"},\"retryAfterMs\":\"soon\"}}")]
    [InlineData("not json")]
    public async Task Connect_AnsweredWithNonsense_IsARefusal(string frame)
    {
        await using var server = await NonsenseServer.StartAsync(["""{"type":"event","event":"connect.challenge","payload":{"nonce":"n","ts":1}}""", frame]);
        await Assert.ThrowsAsync<GatewayClientException>(() => GatewayClient.ConnectAsync(GatewayTarget.Find("/nowhere", server.Url, "t"), [], default));
    }

    [Theory]
    [InlineData("ftp://box")]
    [InlineData("ws://")]
    [InlineData("ws://owner:secret@box")]
    [InlineData("ws://box/?token=secret")]
    public void Find_AnAddressThatIsNone_IsRefusedWithoutItsSecrets(string url)
    {
        var error = Assert.Throws<ModelException>(() => GatewayTarget.Find("/nowhere", url, null));
        Assert.Contains("--url", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestTwice_OfAnAgent_GivesAcceptedAndTheResult_AndEventsBetween()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), Everything, default);
        var answers = new List<JsonElement>();
        await foreach (var answer in client.RequestTwiceAsync("agent", to => to.Add("message", "hi").Add("idempotencyKey", "r1"), default)) answers.Add(answer);
        Assert.Equal(["accepted", "ok"], answers.Select(answer => answer.Text("status")));
        Assert.Equal("Hello from the box.", answers[1].Member("result").Items("payloads").Single().Text("text"));
        var said = "";
        await foreach (var happened in client.EventsAsync(default))
        {
            if (happened.Name != "chat") continue;
            said += happened.Payload.Text("deltaText");
            if (happened.Payload.Text("state") == "final") break;
        }
        Assert.Equal("Hello from the box.", said);
    }

    [Fact]
    public async Task Requests_ManyAtOnce_GetTheirOwnAnswers()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), Everything, default);
        var asked = Enumerable.Range(0, 200).Select(i => client.RequestAsync("sessions.list", to => to.Add("limit", i + 1))).ToArray();
        var answers = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(1, 200), answers.Select(answer => (int)answer.Number("limitApplied")!.Value));
    }

    [Fact]
    public async Task Gateway_ThatGoes_FailsWhatWaits()
    {
        await using var host = await TestHost.StartAsync();
        host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("wait", cancellation);
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), Everything, default);
        await using var answers = client.RequestTwiceAsync("agent", to => to.Add("message", "hi").Add("idempotencyKey", "r1"), default).GetAsyncEnumerator();
        Assert.True(await answers.MoveNextAsync());
        await host.StopAsync();
        Assert.Equal(GatewayClientException.Closed, (await Assert.ThrowsAsync<GatewayClientException>(async () => await answers.MoveNextAsync())).Code);
        await client.ClosedAsync(default);
        Assert.Equal(GatewayClientException.Closed, (await Assert.ThrowsAsync<GatewayClientException>(() => client.RequestAsync("health"))).Code);
    }

    [Fact]
    public async Task RestartRequest_OfTheOwner_AsksTheProcess()
    {
        var asked = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(options => options with { Restart = asked.SetResult });
        await using (var reader = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), [Scope.Read, Scope.Write], default))
            await Assert.ThrowsAsync<GatewayClientException>(() => reader.RequestAsync("gateway.restart.request"));
        Assert.False(asked.Task.IsCompleted);
        await using var owner = await GatewayClient.ConnectAsync(GatewayTarget.Find(host.Home, null, null), [Scope.Admin], default);
        Assert.True((await owner.RequestAsync("gateway.restart.request")).Flag("ok"));
        await asked.Task;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
