using System.Net.Sockets;
using System.Text;
using Appliance.Hosting.Service;
using TestKit;

namespace Appliance.Tests.Hosting.Service;

/// <summary>What feeds the watchdog and what does not, by a real datagram socket and a clock of the test's own.</summary>
public sealed class ServiceWatchTests : IDisposable
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _name = $"appliance-test-{Guid.NewGuid():N}";
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _end = new();
    private int _ready = 200, _live = 200;
    private string? _stuck;
    private TaskCompletionSource? _loop;

    public ServiceWatchTests() => _socket.Bind(new UnixDomainSocketEndPoint('\0' + _name));

    public void Dispose()
    {
        _socket.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task Watch_ServerThatIsNotReady_SaysNothing_UntilItIs()
    {
        _ready = 503;
        var watch = Start();
        for (var i = 0; i < 20; i++) _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _socket.Available);
        _ready = 200;
        await AdvanceUntilAsync("READY=1\nSTATUS=well");
        await EndAsync(watch);
    }

    [Fact]
    public async Task Watch_AllGoesRound_FeedsThreeTimesWithinTheTime()
    {
        var watch = Start();
        Assert.Equal("READY=1\nSTATUS=well", await ReceiveAsync());
        var began = _time.GetTimestamp();
        for (var i = 0; i < 4; i++) await AdvanceUntilAsync("WATCHDOG=1");
        Assert.InRange(_time.GetElapsedTime(began), TimeSpan.Zero, Watchdog);
        await EndAsync(watch);
    }

    [Fact]
    public async Task Watch_LoopThatStandsStill_IsFedByNoClock_UntilItGoesOn()
    {
        _loop = new TaskCompletionSource();
        var watch = Start();
        Assert.Equal("READY=1\nSTATUS=well", await ReceiveAsync());
        for (var i = 0; i < 100; i++) _time.Advance(Watchdog);
        Assert.Equal(0, _socket.Available);
        _loop.SetResult();
        await AdvanceUntilAsync("WATCHDOG=1");
        await EndAsync(watch);
    }

    [Theory]
    [InlineData(0, null, "STATUS=the server does not answer itself")]
    [InlineData(200, "the turn x does not end", "STATUS=the turn x does not end")]
    public async Task Watch_WhatIsWrong_IsSaidOnce_AndFeedsNothing(int live, string? stuck, string status)
    {
        (_live, _stuck) = (live, stuck);
        var watch = Start();
        Assert.Equal("READY=1\nSTATUS=well", await ReceiveAsync());
        Assert.Equal(status, await ReceiveAsync());
        for (var i = 0; i < 10; i++) _time.Advance(Watchdog);
        Assert.Equal(0, _socket.Available);
        (_live, _stuck) = (200, null);
        await AdvanceUntilAsync("STATUS=well");
        Assert.Equal("WATCHDOG=1", await ReceiveAsync());
        await EndAsync(watch);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("vsock:2:1234", false)]
    [InlineData("@", false)]
    [InlineData("/run/systemd/notify", true)]
    [InlineData("@abstract", true)]
    public void From_NotifySocket_TakesPathsAndAbstractNamesAlone(string? socket, bool isThere) =>
        Assert.Equal(isThere, ServiceManager.From(name => name == "NOTIFY_SOCKET" ? socket : null) is not null);

    [Theory]
    [InlineData("120000000", null, 120)]
    [InlineData("120000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void From_Watchdog_IsForTheProcessThatIsNamed(string? microseconds, string? process, int? seconds) => Assert.Equal(
        seconds is { } some ? TimeSpan.FromSeconds(some) : null,
        ServiceManager.From(name => name switch { "NOTIFY_SOCKET" => "@x", "WATCHDOG_USEC" => microseconds, "WATCHDOG_PID" => process, _ => null })!.Watchdog);

    private Task Start()
    {
        var manager = ServiceManager.From(name => name switch { "NOTIFY_SOCKET" => '@' + _name, "WATCHDOG_USEC" => "40000000", _ => null })!;
        return new ServiceWatch(manager, (path, _) => Task.FromResult(path == "/readyz" ? _ready : _live), _ => _loop?.Task ?? Task.CompletedTask, () => _stuck, _time).RunAsync("well", _end.Token);
    }

    private async Task EndAsync(Task watch)
    {
        await _end.CancelAsync();
        await watch;
    }

    private async Task AdvanceUntilAsync(string message)
    {
        var received = ReceiveAsync();
        await _time.AdvanceUntilAsync(received, TimeSpan.FromSeconds(1));
        Assert.Equal(message, await received);
    }

    private async Task<string> ReceiveAsync()
    {
        var buffer = new byte[4096];
        using var end = new CancellationTokenSource(Patience);
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, end.Token));
    }
}
