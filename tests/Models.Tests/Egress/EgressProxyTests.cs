using System.Net;
using Models.Egress;
using TestKit;

namespace Models.Tests.Egress;

[Collection(EnvironmentCollection.Name)]
public sealed class EgressProxyTests
{
    [Fact]
    public async Task Get_WithAProxy_OtherHostsGoThroughItAndThisMachineNever()
    {
        using var proxy = new FakeServer(_ => new FakeReply(200, "by proxy"));
        using var server = new FakeServer(_ => new FakeReply(200, "direct"));
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);
        try
        {
            using var door = new EgressDoor(new EgressPolicy { PlainHttp = true });
            using var client = door.CreateHttpClient();

            Assert.Equal("by proxy", await client.GetStringAsync(new Uri("http://example.invalid/x")));
            Assert.Equal("direct", await client.GetStringAsync(new Uri(server.Address)));
            Assert.Equal("http://example.invalid/x", Assert.Single(proxy.Requests).Target);
        }
        finally { HttpClient.DefaultProxy = before; }
    }
}
