using TestKit;

namespace Clients;

/// <summary>The published binary with a real model, and OpenClaw's own program beside it.</summary>
public sealed class ClientsFixture : IAsyncLifetime
{
    /// <summary>What these tests need below ../shared.</summary>
    public const string Model = "models/tinystories-656k/tinystories-656k-f32.gguf";

    /// <summary>The gateway's token.</summary>
    public const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _home = new();

    /// <summary>What stands in appliance.json from the start; null for no such file.</summary>
    public string? Config { get; init; }

    /// <summary>The server.</summary>
    public RunningServer Server { get; private set; } = null!;

    /// <summary>The program.</summary>
    public OpenClaw OpenClaw { get; private set; } = null!;

    /// <summary>A client of our own, with every scope.</summary>
    public Task<GatewayClient> ConnectAsync() => GatewayClient.ConnectAsync(Server.Client.BaseAddress!, Token);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Shared.Find(Model.Split('/')) is { } model)
        {
            var import = await ApplianceBinary.RunAsync(_home.Path, "models", "import", model, "--as", "story", "--quantize", "none");
            Assert.True(import.ExitCode == 0, import.Error);
        }
        await File.WriteAllTextAsync(_home["token"], Token);
        if (Config is not null) await File.WriteAllTextAsync(_home["appliance.json"], Config);
        Server = await RunningServer.StartAsync(_home.Path, "--token-file", _home["token"]);
        OpenClaw = new OpenClaw(Server.Client.BaseAddress!, Token);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        OpenClaw.Dispose();
        await Server.DisposeAsync();
        _home.Dispose();
    }
}
