using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>Thousands of connections that want nothing but to be in the way (attacks dos-01 and dos-02).</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const int Loris = 1000, Upgrades = 5000;

    [Fact]
    public async Task Dos01Dos02_SlowHeadersAndSilentUpgrades_HoldUpNoGoodClient()
    {
        using var home = new TemporaryFolder();
        await using var server = await SocketTests.StartAsync(home.Path, Token);
        var address = server.Client.BaseAddress!;
        await using var good = await GatewayClient.ConnectAsync(address, Token);
        var quiet = await MeasureAsync(good, () => false);

        var slow = new List<Socket>();
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < Loris; i++) slow.Add(await OpenAsync(address, $"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nX"));
            var upgrading = Task.Run(async () =>
            {
                for (var i = 0; i < Upgrades; i++)
                {
                    silent.Add(await OpenAsync(address, $"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
                    if (i % 1000 != 999) continue;
                    foreach (var socket in slow) await TrySendAsync(socket, "a"u8.ToArray());
                }
            });
            var flooded = await MeasureAsync(good, () => !upgrading.IsCompleted);
            await upgrading;
            await using (var late = await GatewayClient.ConnectAsync(address, Token)) Assert.True((await late.RequestAsync("health")).GetProperty("ok").GetBoolean());
            Assert.True((await server.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).IsSuccessStatusCode);
            output.WriteLine(FormattableString.Invariant(
                $"figure: flood: a good client's requests p50 {quiet.P50:F2} ms and p99 {quiet.P99:F2} ms alone; p50 {flooded.P50:F2} and p99 {flooded.P99:F2} beside {Loris:N0} slow headers and {Upgrades:N0} silent upgrades (goal p99 100)"));
            Assert.True(flooded.P99 <= 500 * quiet.P50, $"p99 {flooded.P99} ms, alone p50 {quiet.P50} ms");

            // Whoever never ends its headers is closed, and most of those who never said who they are have been.
            var clock = Stopwatch.StartNew();
            foreach (var socket in slow) Assert.True(await ClosesAsync(socket));
            output.WriteLine(FormattableString.Invariant($"figure: flood: all slow headers closed {clock.Elapsed.TotalSeconds:F0} s later (limit 15)"));
        }
        finally
        {
            foreach (var socket in slow.Concat(silent)) socket.Dispose();
        }
    }

    private static async Task<(double P50, double P99)> MeasureAsync(GatewayClient client, Func<bool> more)
    {
        var times = new List<double>();
        while (times.Count < 500 || more())
        {
            var clock = Stopwatch.StartNew();
            Assert.True((await client.RequestAsync("health")).GetProperty("ok").GetBoolean());
            times.Add(clock.Elapsed.TotalMilliseconds);
            // A good client stays within what one identity may ask a second.
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
        times.Sort();
        return (times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    private static async Task<Socket> OpenAsync(Uri address, string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port);
        await TrySendAsync(socket, Encoding.ASCII.GetBytes(text));
        return socket;
    }

    private static async Task TrySendAsync(Socket socket, byte[] bytes)
    {
        try { await socket.SendAsync(bytes); }
        catch (SocketException) { /* Closed by the server. */ }
    }

    private static async Task<bool> ClosesAsync(Socket socket)
    {
        var buffer = new byte[1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), patience.Token) > 0) { }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
