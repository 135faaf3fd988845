using System.Net;
using Appliance.Http;
using Microsoft.AspNetCore.Http;
using Models;

namespace Appliance.Tests.Http;

public sealed class AccessGuardTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.1:18789", null)]
    [InlineData("localhost", null)]
    [InlineData("LOCALHOST:1", null)]
    [InlineData("[::1]:18789", null)]
    [InlineData("192.168.1.5", null)]
    [InlineData("127.0.0.1:18789", "http://127.0.0.1:18789")]
    [InlineData("localhost:18789", "https://localhost:18789")]
    public void Check_OwnMachine_Passes(string host, string? origin) => Guard(IPAddress.Loopback, null).Check(Request(host, origin));

    [Theory]
    [InlineData("evil.example", null)]
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
        Assert.Contains("APPLIANCE_GATEWAY_TOKEN", Assert.Throws<ModelException>(() => AccessGuard.Create(IPAddress.Parse(address), token)).Message);

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

    private static AccessGuard Guard(IPAddress address, string? token) => AccessGuard.Create(address, token);

    private static HttpRequest Request(string host, string? origin, string? authorization = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = host;
        if (origin is not null) request.Headers.Origin = origin;
        if (authorization is not null) request.Headers.Authorization = authorization;
        return request;
    }
}
