using System.Net;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Http;
using Microsoft.AspNetCore.Http;
using Models;
using TestKit;

namespace Appliance.Tests.Http;

public sealed class AccessGuardTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.1:18789", null)]
    [InlineData("localhost", null)]
    [InlineData("LOCALHOST:1", null)]
    [InlineData("[::1]:18789", null)]
    [InlineData("127.0.0.5", null)]
    [InlineData("127.0.0.1:18789", "http://127.0.0.1:18789")]
    [InlineData("localhost:18789", "https://localhost:18789")]
    public void Check_OwnMachine_Passes(string host, string? origin) => Guard(IPAddress.Loopback, null).Check(Request(host, origin));

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData("192.168.1.5", null)]
    [InlineData("localhost.evil.example", null)]
    [InlineData("127.0.0.1.evil.example:18789", null)]
    [InlineData("", null)]
    [InlineData("127.0.0.1:18789", "http://evil.example")]
    [InlineData("127.0.0.1:18789", "http://127.0.0.1:3000")]
    [InlineData("127.0.0.1:18789", "http://127.0.0.1:18789.evil.example")]
    [InlineData("127.0.0.1:18789", "null")]
    [InlineData("127.0.0.1:18789", "")]
    public void Check_WebPageFromElsewhere_IsForbidden(string host, string? origin) =>
        Assert.Equal(403, Assert.Throws<ApiException>(() => Guard(IPAddress.Loopback, null).Check(Request(host, origin))).Status);

    [Fact]
    public void Check_AllowedPage_PassesWithTheTokenAlone()
    {
        string[] allowed = ["https://panel.example:8443"];
        var identity = GatewayIdentity.Open(_home.Path, new ServerOptions { Token = Token }, _ => { });
        var guard = new AccessGuard(IPAddress.Loopback, false, identity, () => allowed);
        guard.CheckPage(Request("127.0.0.1", "https://panel.example:8443"));
        Assert.Equal(401, Assert.Throws<ApiException>(() => guard.Check(Request("127.0.0.1", "https://panel.example:8443"))).Status);
        guard.Check(Request("127.0.0.1", "https://panel.example:8443", $"Bearer {Token}"));
        foreach (var other in (string[])["https://panel.example", "http://panel.example:8443", "https://panel.example:8443.evil.example", "https://Panel.example:8443", "null"])
            Assert.Equal(403, Assert.Throws<ApiException>(() => guard.CheckPage(Request("127.0.0.1", other, $"Bearer {Token}"))).Status);
        allowed = [];
        Assert.Equal(403, Assert.Throws<ApiException>(() => guard.CheckPage(Request("127.0.0.1", "https://panel.example:8443"))).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer 0123456789abcdef0123456789abcde")]
    [InlineData("Bearer 0123456789abcdef0123456789abcdeF")]
    [InlineData("Basic 0123456789abcdef0123456789abcdef")]
    public void Check_WithoutTheToken_IsUnauthorized(string? authorization)
    {
        var request = Request("box.local", null, authorization);
        Assert.Equal(401, Assert.Throws<ApiException>(() => Guard(IPAddress.Any, Token).Check(request)).Status);
        Assert.Equal("Bearer", request.HttpContext.Response.Headers.WWWAuthenticate);
    }

    [Theory]
    [InlineData("0.0.0.0", "box.local")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public void Check_WithTheToken_Passes(string address, string host)
    {
        Guard(IPAddress.Parse(address), Token).Check(Request(host, null, "Bearer " + Token));
        Guard(IPAddress.Parse(address), Token).Check(Request(host, null, "bearer " + Token));
    }

    [Fact]
    public void Check_TokenOnLoopback_IsNeededThereToo() =>
        Assert.Equal(401, Assert.Throws<ApiException>(() => Guard(IPAddress.Loopback, Token).Check(Request("localhost", null))).Status);

    [Theory]
    [InlineData("0.0.0.0", null)]
    [InlineData("::", "")]
    [InlineData("192.168.1.5", "short")]
    [InlineData("127.0.0.1", "short")]
    public void Create_NotSafe_SaysWhatToSet(string address, string? token) =>
        Assert.Contains("APPLIANCE_GATEWAY_TOKEN", Assert.Throws<ModelException>(() => AccessGuard.RequireSafe(IPAddress.Parse(address), token)).Message);

    [Fact]
    public async Task Server_RefusesBeforeAnythingElse()
    {
        await using var host = await TestHost.StartAsync(o => o with { Token = Token });
        using var refused = await host.Client.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("invalid_api_key", await refused.Content.ReadAsStringAsync());
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Assert.Contains("tiny", await host.Client.GetStringAsync("/v1/models"));
        host.Client.DefaultRequestHeaders.Host = "evil.example";
        using var rebound = await host.Client.GetAsync("/api/tags");
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("Tailscale-User-Login")]
    public void Check_BehindAProxyOfThisMachine_IsNotLocal(string header)
    {
        var request = Request("127.0.0.1", null);
        request.Headers[header] = "203.0.113.9";
        Assert.Equal(401, Assert.Throws<ApiException>(() => Guard(IPAddress.Loopback, null).Check(request)).Status);
    }

    [Theory]
    [InlineData("?token=0123456789abcdef0123456789abcdef")]
    [InlineData("?x=1&API_KEY=secret")]
    public void Check_SecretInTheUrl_IsRefusedAndNotRepeated(string query)
    {
        var request = Request("127.0.0.1", null);
        request.QueryString = new QueryString(query);
        var refused = Assert.Throws<ApiException>(() => Guard(IPAddress.Loopback, null).Check(request));
        Assert.Equal(401, refused.Status);
        Assert.DoesNotContain("secret", refused.Message.Replace("A secret", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_TooManyWrongTokens_LockTheRightOneOutToo()
    {
        var guard = Guard(IPAddress.Any, Token);
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
            Assert.Equal(401, Assert.Throws<ApiException>(() => guard.Check(Request("box", null, $"Bearer wrong{i}"))).Status);
        var request = Request("box", null, "Bearer " + Token);
        Assert.Equal(429, Assert.Throws<ApiException>(() => guard.Check(request)).Status);
        Assert.NotEqual("", request.HttpContext.Response.Headers.RetryAfter.ToString());
    }

    [Fact]
    public void Require_BudgetUsedUp_StillTellsWhetherTheServerIsWell()
    {
        var guard = Guard(IPAddress.Any, Token);
        var request = Request("box", null, "Bearer " + Token);
        var principal = guard.Check(request);
        var refused = Assert.Throws<ApiException>(() =>
        {
            for (var i = 0; i <= RequestLimiter.Burst * 2; i++) guard.Require(principal, request, "/v1/models", Scope.Read);
        });
        Assert.Equal(429, refused.Status);
        guard.Require(principal, request, "/healthz", Scope.Read);
        guard.Require(principal, request, "/readyz", Scope.Read);
    }

    private AccessGuard Guard(IPAddress address, string? token) =>
        new(address, token is not null, GatewayIdentity.Open(_home.Path, new ServerOptions { Token = token }, _ => { }));

    private static HttpRequest Request(string host, string? origin, string? authorization = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = host;
        request.HttpContext.Connection.RemoteIpAddress = IPAddress.Loopback;
        if (origin is not null) request.Headers.Origin = origin;
        if (authorization is not null) request.Headers.Authorization = authorization;
        return request;
    }
}
