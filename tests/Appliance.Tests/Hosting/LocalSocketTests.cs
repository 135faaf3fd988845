using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Appliance.Client;
using Appliance.Hosting;
using Appliance.Tests.Http;
using Models;
using TestKit;

namespace Appliance.Tests.Hosting;

/// <summary>The owner's own way in, by real sockets and real processes.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LocalSocketTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Claim_OfAHomeWhereAGatewayRuns_IsRefused()
    {
        using var home = new TemporaryFolder();
        Assert.True(LocalSocket.IsFree(home.Path));
        using (LocalSocket.Claim(home.Path))
        {
            Assert.False(LocalSocket.IsFree(home.Path));
            Assert.Contains("already runs", Assert.Throws<ModelException>(() => LocalSocket.Claim(home.Path)).Message, StringComparison.Ordinal);
        }
        Assert.True(LocalSocket.IsFree(home.Path));
        using var again = LocalSocket.Claim(home.Path);
    }

    [Fact]
    public void Claim_WhereThePathIsTooLong_IsWithoutASocket()
    {
        using var home = new TemporaryFolder();
        using var claim = LocalSocket.Claim(home[new string('x', 120)]);
        Assert.Null(claim.Path);
    }

    [Fact]
    public void Claim_WhereThePathIsTooLong_ReachesItselfByASocketElsewhereAndTakesItAway()
    {
        using var home = new TemporaryFolder();
        string own;
        using (var claim = LocalSocket.Claim(home[new string('x', 120)]))
        {
            own = claim.OwnPath!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(own)!));
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(own));
        }
        Assert.False(Directory.Exists(Path.GetDirectoryName(own)));
        using var near = LocalSocket.Claim(home["short"]);
        Assert.Equal(near.Path, near.OwnPath);
    }

    [Fact]
    public void Find_OfAGatewayWithoutASocket_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var home = folder[new string('x', 120)];
        using var claim = LocalSocket.Claim(home);
        Assert.Contains("has no Unix socket", Assert.Throws<ModelException>(() => GatewayTarget.Find(home, null, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatRuns_HasItsSocketInAPrivateFolder_AndTakesItAway()
    {
        await using var host = await TestHost.StartAsync();
        Assert.True(File.Exists(LocalSocket.PathIn(host.Home)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(LocalSocket.PathIn(host.Home))!));
        await host.StopAsync();
        Assert.False(File.Exists(LocalSocket.PathIn(host.Home)));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("X-Forwarded-For", HttpStatusCode.Unauthorized)]
    [InlineData("Forwarded", HttpStatusCode.Unauthorized)]
    public async Task Http_ByTheSocket_IsTheOwner_UnlessSomebodyStandsInFront(string? header, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(options => options with { Token = Token });
        using var client = Client(LocalSocket.PathIn(host.Home));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://localhost/v1/models");
        if (header is not null) request.Headers.Add(header, "for=10.0.0.7");
        using var response = await client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [OtherUserFact]
    public async Task Http_ByTheSocket_OfAnotherUser_IsNobody_EvenWhereFilePermissionsLetItIn()
    {
        await using var host = await TestHost.StartAsync(options => options with { Token = Token });
        var socket = LocalSocket.PathIn(host.Home);
        foreach (var path in new[] { host.Home, Path.GetDirectoryName(socket)!, socket })
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        using var process = Process.Start(new ProcessStartInfo(
            "setpriv", ["--reuid", "65534", "--clear-groups", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", socket, "http://localhost/v1/models"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("401", await process.StandardOutput.ReadToEndAsync());
    }

    private static HttpClient Client(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });

    /// <summary>Needs to be root, to be somebody else for a moment.</summary>
    private sealed class OtherUserFactAttribute : FactAttribute
    {
        public OtherUserFactAttribute()
        {
            if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/curl")) Skip = "needs root, setpriv and curl";
        }
    }
}
