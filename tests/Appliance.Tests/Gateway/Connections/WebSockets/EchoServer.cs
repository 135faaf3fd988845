using System.Net;
using Appliance.Gateway.Connections.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Appliance.Tests.Gateway.Connections.WebSockets;

/// <summary>The gateway's WebSockets with nothing behind them: what comes in goes out. It exists in tests alone.</summary>
public sealed class EchoServer : IAsyncLifetime
{
    private const int Most = 64 * 1024 * 1024;
    private WebApplication _app = null!;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var socket = new ServerWebSocket(await WebSocketHandshake.AcceptAsync(context), context.Abort, Most, TimeProvider.System);
            try
            {
                while (await socket.ReceiveAsync(Most, System.Net.WebSockets.WebSocketCloseStatus.MessageTooBig) is { } message)
                {
                    using (message) socket.Send(message.Span.ToArray(), message.IsText);
                }
                await socket.FinishAsync();
            }
            catch (IOException)
            {
                // The client has gone.
            }
        });
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();
}
