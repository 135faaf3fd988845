using System.Net.Sockets;
using Appliance.Config;
using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Hosting.Service;
using Appliance.Http;
using Appliance.Network.Discovery;
using Appliance.Network.Tailscale;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Models;
using Models.Generation;

namespace Appliance.Hosting;

/// <summary>The HTTP server: Kestrel alone, without ASP.NET Core's host, for a start in milliseconds and a small file.</summary>
internal sealed class ApplianceServer : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly Lazy<GatewayHost> _gateway;
    private readonly GatewayIdentity _identity;
    private readonly LocalSocket _local;
    private readonly Tailnet _tailnet;
    private readonly LanBeacon _lan;
    private readonly TimeSpan _grace;
    private readonly CancellationTokenSource _stopping;
    private Task? _stopped;

    private ApplianceServer(
        KestrelServer kestrel, Lazy<GatewayHost> gateway, GatewayIdentity identity, LocalSocket local, Tailnet tailnet, LanBeacon lan, TimeSpan grace, CancellationTokenSource stopping)
    {
        (_kestrel, _gateway, _identity, _local, _tailnet, _lan, _grace, _stopping) = (kestrel, gateway, identity, local, tailnet, lan, grace, stopping);
        Address = ListensOn(kestrel);
    }

    /// <summary>Where it listens; the port is the real one where 0 was asked for.</summary>
    public Uri Address { get; }

    /// <summary>The token WebSocket clients need, where it was made just now; it is never seen again.</summary>
    public string? NewToken => _identity.Token.Shown;

    /// <summary>Asks this server as a client would.</summary>
    public SelfCheck Check => new(_local.OwnPath, Address);

    /// <summary>What kept the box from its work when it began, in a sentence; null where nothing did. It was told.</summary>
    public string? Fault { get; private init; }

    /// <summary>What is said of a turn that does not end though it was stopped; null where there is none.</summary>
    public string? StuckTurn => _gateway.IsValueCreated ? _gateway.Value.StuckTurn : null;

    /// <summary>True where the owner's commands can come in by the home's own socket.</summary>
    public bool HasLocalSocket => _local.Path is not null;

    /// <summary>Starts listening.</summary>
    /// <param name="models">Where models come from.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="onBug">Hears of every fault that is not a request's own.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelException">The address or port cannot be used, or is not safe to use; the message says what to do.</exception>
    public static async Task<ApplianceServer> StartAsync(
        IModelHost models, ServerOptions options, Action<Exception> onBug, CancellationToken cancellation = default)
    {
        AccessGuard.RequireSafe(options.Address, options.Token);
        var local = LocalSocket.Claim(models.Store.Home);
        try
        {
            return await StartAsync(models, options, local, onBug, cancellation);
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    private static async Task<ApplianceServer> StartAsync(
        IModelHost models, ServerOptions options, LocalSocket local, Action<Exception> onBug, CancellationToken cancellation)
    {
        Tailnet? tailnet = null;
        options = options with { Config = options.Config ?? ConfigStore.Open(models.Store.Home), Tailnet = () => tailnet?.State ?? ClaimState.None };
        var identity = GatewayIdentity.Open(models.Store.Home, options, onBug);
        var guard = new AccessGuard(options.Address, identity.Token.IsGiven, identity, () => options.Config?.Config.Gateway.AllowedOrigins, () => options.Tailnet().Host);
        // Made when the first client of its protocol comes, or when there are jobs or heartbeats: a box that nobody talks to has no need of it.
        var startedAt = options.Time.GetUtcNow();
        var kestrel = new KestrelServer(
            Options.Create(Configure(options, local)), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        var gateway = new Lazy<GatewayHost>(() => new GatewayHost(models, options with { Port = ListensOn(kestrel).Port }, identity, startedAt, onBug));
        var stopping = new CancellationTokenSource();
        try
        {
            var api = new HttpApi(models, gateway, options, guard, onBug, stopping.Token);
            await kestrel.StartAsync(new RequestHandler(api.HandleAsync), cancellation);
            // What cannot be read is no reason to be silent: whoever asks hears of it, a health gate among them.
            var fault = api.Health.FindFault();
            if (fault is not null) options.Tell?.Invoke($"not ready: {fault}");
            tailnet = Tailnet.Follow(options.Config, ListensOn(kestrel).Port, identity.Token.IsGiven, options.Time, options.Tell ?? (_ => { }));
            var lan = LanBeacon.Follow(options.Config, mode => Beacon.Of(mode, ListensOn(kestrel), tailnet.State), options.Time, options.Tell ?? (_ => { }));
            return new ApplianceServer(kestrel, gateway, identity, local, tailnet, lan, options.ShutdownGrace, stopping) { Fault = fault };
        }
        catch (Exception e) when (Explain(e, options) is { } explained)
        {
            kestrel.Dispose();
            throw new ModelException(explained, e);
        }
    }

    /// <summary>Runs until <paramref name="cancellation"/>; then stops gracefully.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellation.Register(told.SetResult)) await told.Task;
        await (_stopped ??= StopAsync());
    }

    /// <summary>Stops at once where it has not stopped yet.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_stopped ??= StopAsync());
        if (_gateway.IsValueCreated) await _gateway.Value.DisposeAsync();
        await _identity.DisposeAsync();
        _kestrel.Dispose();
        _stopping.Dispose();
        _local.Dispose();
    }

    private async Task StopAsync()
    {
        // Nobody is sent here any more, before nobody is here.
        await _lan.DisposeAsync();
        await _tailnet.DisposeAsync();
        _stopping.CancelAfter(_grace);
        if (_gateway.IsValueCreated) _gateway.Value.Close();
        using var patience = new CancellationTokenSource(_grace + TimeSpan.FromSeconds(5));
        await _kestrel.StopAsync(patience.Token);
    }

    private static Uri ListensOn(KestrelServer kestrel) => new(
        kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.Single(address => !address.StartsWith("http://unix:", StringComparison.Ordinal)));

    private static KestrelServerOptions Configure(ServerOptions options, LocalSocket local)
    {
        // A header ends with CR LF (RFC 9112, section 2.2): what takes a bare LF for an end may see another request than who stands in front.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        if (local.OwnPath is { } path) kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        // A slow reader must not hold up the model, which others wait for: a long answer fits in this buffer, and who lets it fill up is
        // cut off after the grace period. The rate is above what any model writes, or unread tokens would earn their reader more time.
        kestrel.Limits.MaxResponseBufferSize = 1024 * 1024;
        kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 1024 * 1024, gracePeriod: TimeSpan.FromSeconds(5));
        return kestrel;
    }

    private static string? Explain(Exception fault, ServerOptions options)
    {
        if (fault is IOException { InnerException: AddressInUseException })
            return $"Port {options.Port} on {options.Address} is in use by another program. Stop that program, or choose another port with --port.";
        return (fault as SocketException ?? fault.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.AccessDenied => $"Port {options.Port} needs more rights than this process has. Choose one above 1023 with --port.",
            SocketError.AddressNotAvailable => $"This machine has no address {options.Address}. Choose one of its own with --bind.",
            { } code => $"Cannot listen on {options.Address}, port {options.Port}: {code}.",
            null => null,
        };
    }
}
