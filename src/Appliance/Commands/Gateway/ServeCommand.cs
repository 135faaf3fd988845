using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Appliance.Backup.Schedule;
using Appliance.Config;
using Appliance.Config.Secrets;
using Appliance.Config.Sections;
using Appliance.Doctor;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Hosting.Offline;
using Appliance.Hosting.Service;
using Appliance.Update.Slots;
using Models;
using Models.Budget;
using Models.Generation;
using Models.Store;
using Runtime.Hardware.Power;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance serve</c>, also <c>appliance gateway run</c>: the server.</summary>
internal static class ServeCommand
{
    /// <summary>The command under one of its names.</summary>
    public static Command Create(string name)
    {
        var port = new Option<int?>("--port", "-p") { Description = $"Port to listen on, {ServerOptions.DefaultPort} by default; 0 takes a free one.", HelpName = "N" };
        var bind = new Option<string?>("--bind")
        {
            Description = $"Address to listen on, 127.0.0.1 by default. Beyond loopback every request needs the secret in {SharedToken.Variable}.",
            HelpName = "ADDRESS",
        };
        var model = new Option<string?>("--model", "-m") { Description = "Model to load at start, and to use for requests that name none.", HelpName = "NAME" };
        var tokenFile = new Option<string?>("--token-file") { Description = $"File with the gateway's secret; instead of {SharedToken.Variable}.", HelpName = "PATH" };
        var newToken = new Option<bool>("--new-token") { Description = "Make a new gateway token and show it; the old one stops working." };
        var keepAlive = new Option<string?>("--keep-alive")
        {
            Description = $"How long a model stays loaded after its last use, such as 30m, 0 or -1 (for ever); also {KeepAlive.Variable}. By default 30m, 5m below 8 GB.",
            HelpName = "TIME",
        };
        var command = new Command(name, "Serve OpenClaw's gateway protocol and the OpenAI, Anthropic and Ollama APIs (chat, completions, embeddings, reranking) on one port.")
        {
            port, bind, model, keepAlive, tokenFile, newToken,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var restart = new CancellationTokenSource();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(restart.Token, cancellation);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            // What is said before the lock of offline mode is said once, by the program that comes after it.
            List<string>? early = [];
            FileModes.Shut(HomeFolder.Path, error.WriteLine);
            var given = new List<ConfigOverride>();
            if (parsed.GetValue(port) is { } number) given.Add(ConfigOverride.Option("gateway.port", number, "--port"));
            if (parsed.GetValue(bind) is { Length: > 0 } address) given.Add(ConfigOverride.Option("gateway.bind", address, "--bind"));
            if (parsed.GetValue(tokenFile) is { } file) given.Add(ConfigOverride.Option("gateway.token", new JsonObject { ["file"] = Path.GetFullPath(file) }, "--token-file"));
            if (parsed.GetValue(keepAlive) is { Length: > 0 } time) given.Add(ConfigOverride.Option("models.keepAlive", time, "--keep-alive"));
            using var config = ConfigStore.Open(HomeFolder.Path, given, Tell);
            OfflineLock.PutOn(config, Tell);
            foreach (var line in early) error.WriteLine(line);
            early = null;
            var options = OptionsOf(config) with { Model = parsed.GetValue(model), RenewToken = parsed.GetValue(newToken), Restart = restart.Cancel, Tell = error.WriteLine };
            var engine = new EngineOptions { KeepWarm = error.WriteLine, Pace = new WorkPace() };
            using (var models = new ModelHost(new ModelStore(config.Home), engine))
            {
                // A box that no model works on has nothing to be spared from.
                var power = new Lazy<PowerWatch>(() =>
                {
                    var usual = PowerLimits.Here();
                    var watch = new PowerWatch(() => config.Config.Power.ToLimits(usual), TimeProvider.System, error.WriteLine);
                    watch.Changed += state => (engine.Pace.Duty, engine.Pace.MostThreads) = (state.Duty, state.Threads(engine.Threads));
                    return watch;
                });
                engine.Pace.Begins = () => _ = power.Value;
                Apply(config.Config.Models, models);
                config.Changed += change => Apply(change.After.Config.Models, models);
                config.Changed += change =>
                {
                    if (change.Before.Config.Network.Offline != change.After.Config.Network.Offline) OfflineLock.Explain(config, error.WriteLine);
                };
                using var governor = new MemoryGovernor(models, MachineMemory.Here.Read, TimeProvider.System, error.WriteLine);
                await using var backups = BackupSchedule.Begin(config, options.Time, error.WriteLine);
                await RunAsync(models, options with { Power = power }, output, error, end.Token, ServiceManager.FromEnvironment(), models.PulseAsync);
                if (power.IsValueCreated) power.Value.Dispose();
            }
            if (restart.IsCancellationRequested && !cancellation.IsCancellationRequested) Relaunch.Now(without: newToken.Name, program: SlotStart.Base);
            return ExitCode.Ok;

            void Tell(string line)
            {
                if (early is null) error.WriteLine(line);
                else early.Add(line);
            }
        });
        return command;
    }

    /// <summary>Serves until told to end.</summary>
    /// <param name="models">Where models come from.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="output">Where a person reads what it says.</param>
    /// <param name="error">Where notices go.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="manager">Who started it and wants to hear how it is; null where nobody does.</param>
    /// <param name="pulse">Ends when the loop of every loaded model has gone round; null where there is none.</param>
    /// <exception cref="ModelException">It cannot listen, or the model to load at start cannot be loaded.</exception>
    internal static async Task RunAsync(IModelHost models, ServerOptions options, TextWriter output, TextWriter error, CancellationToken cancellation, ServiceManager? manager = null, Func<CancellationToken, Task>? pulse = null)
    {
        if (options.Model is not null) options = options with { Model = models.Store.Get(options.Model).Manifest.Name };
        await using var server = await ApplianceServer.StartAsync(models, options, error.WriteLine, cancellation);
        await output.WriteLineAsync($"listening on {server.Address.GetLeftPart(UriPartial.Authority)}");
        // A service's output is kept in a journal, and secrets are not.
        if (server.NewToken is { } token)
            await output.WriteLineAsync(manager is null ? $"gateway token, shown this once: {token}" : "a gateway token was made, and is not shown in a journal: `appliance call gateway.token.rotate` shows another, `appliance qr` lets a device in");
        // Who reads this is who started it.
        if (manager is null && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            await output.WriteLineAsync(server.NewToken is { } shown ? $"in a browser: {BrowserLink.WithToken(server.Address.GetLeftPart(UriPartial.Authority), shown).Url}" : "in a browser: `appliance dashboard` prints a link");
        if (server.Fault is null && !models.Store.HasAny)
            await output.WriteLineAsync("no model that answers is installed: get one with `appliance models pull hf:OWNER/REPO` or `appliance models import FILE`");
        if (!server.HasLocalSocket)
            await error.WriteLineAsync($"{models.Store.Home} takes no Unix socket (its path is too long, or its disk has none): commands need --url and the gateway's token.");
        await output.FlushAsync(cancellation);
        options.Config?.Watch(options.Time);
        // What starting left behind is megabytes that a box without a model can spare, and nobody waits for this.
        OwnMemory.TrimAfterStart();

        // Clients can already ask /readyz meanwhile.
        if (options.Model is not null) await models.LoadAsync(options.Model, cancellation);
        if (manager is null)
        {
            await server.RunAsync(cancellation);
            return;
        }
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new ServiceWatch(manager, server.Check.GetAsync, pulse ?? (_ => Task.CompletedTask), () => server.StuckTurn, options.Time)
            .RunAsync($"listening on {server.Address.GetLeftPart(UriPartial.Authority)}", watching.Token);
        try
        {
            await using (cancellation.Register(manager.Stopping)) await server.RunAsync(cancellation);
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    /// <summary>How a home's gateway listens.</summary>
    /// <exception cref="ModelException">A secret it names cannot be had.</exception>
    internal static ServerOptions OptionsOf(ConfigStore config) => new()
    {
        Address = AddressOf(config.Config.Gateway.Bind),
        Port = config.Config.Gateway.Port,
        Token = config.Config.Gateway.Token is { } secret ? SecretResolver.Resolve(secret, "gateway.token", config.Home) : null,
        Config = config,
        Jwt = JwtOf(config),
        HooksToken = config.Config.Hooks.Token is { } hooks ? SecretResolver.Resolve(hooks, "hooks.token", config.Home) : null,
    };

    /// <summary>Takes over what can change while it runs.</summary>
    internal static void Apply(ModelsConfig config, ModelHost models)
    {
        models.Store.DefaultName = config.Default;
        models.KeepAlive = config.KeepAlive is { } text && KeepAlive.TryParse(text, out var time) ? time : null;
    }

    private static JwtOptions? JwtOf(ConfigStore config)
    {
        if (config.Config.Gateway.Jwt is not { } jwt) return null;
        var key = jwt.Key ?? throw new ModelException("gateway.jwt.key is missing: the issuer's secret or public key.");
        return JwtOptions.Create(jwt.Algorithm, SecretResolver.Resolve(key, "gateway.jwt.key", config.Home), jwt.Issuer, jwt.Audience);
    }

    private static IPAddress AddressOf(string bind) => IPAddress.TryParse(bind, out var address) ? address : IPAddress.Loopback;
}
