using System.CommandLine;
using System.Net;
using Appliance.Client;
using Appliance.Commands.Gateway;
using Appliance.Commands.People;
using Appliance.Config;
using Appliance.Doctor;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Hosting.Offline;
using Models;
using Models.Budget;
using Models.Generation;
using Models.Store;

namespace Appliance.Commands.Chat;

/// <summary>
/// <c>appliance</c> alone: the agent answers at once, whatever was or was not set up before. Where no gateway runs on the home one is begun
/// for as long as the conversation lasts, so that a browser and a phone find it too. From a pipe it answers line by line.
/// </summary>
internal static class Welcome
{
    private const string Session = "main";

    // Where nobody looks on, nobody waits for a yes: what needs one is refused at once.
    private static string[] Scopes => Console.IsInputRedirected ? [Scope.Write] : AgentCommand.DialogueScopes;

    /// <summary>What the program does where no command is named.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.Of(parsed);
        var home = HomeFolder.Path;
        if (await FindAsync(home, cancellation) is { } running)
        {
            await using (running) return await TalkAsync(running, null, terminal, cancellation);
        }
        FileModes.Shut(home, terminal.Error.WriteLine);
        using var config = ConfigStore.Open(home, [], terminal.Error.WriteLine);
        OfflineLock.PutOn(config, terminal.Error.WriteLine);
        using var models = new ModelHost(new ModelStore(home), new EngineOptions { KeepWarm = _ => { } });
        ServeCommand.Apply(config.Config.Models, models);
        if (!models.Store.HasAny) throw new ModelException("No model is here to talk with. `appliance models recommend` names some that fit this machine; `appliance models pull NAME` gets one.");
        // While the person reads the first lines.
        var loading = models.LoadAsync(null, cancellation);
        await using var server = await StartAsync(models, ServeCommand.OptionsOf(config), terminal, cancellation);
        config.Watch(TimeProvider.System);
        using var governor = new MemoryGovernor(models, MachineMemory.Here.Read, TimeProvider.System, terminal.Error.WriteLine);
        await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), Scopes, cancellation);
        try { return await TalkAsync(client, server, terminal, cancellation); }
        finally { await loading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); }
    }

    private static async Task<int> TalkAsync(GatewayClient client, ApplianceServer? own, Terminal terminal, CancellationToken cancellation)
    {
        var isPerson = !Console.IsInputRedirected;
        if (isPerson) await GreetAsync(client, own, terminal, cancellation);
        return await AgentCommand.TalkAsync(client, "You can talk now", Session, null, terminal, isPerson ? TypedLines.Console : null);
    }

    // Three lines; a phone's code below them where a phone could come.
    private static async Task GreetAsync(GatewayClient client, ApplianceServer? own, Terminal terminal, CancellationToken cancellation)
    {
        var status = await GatewayStatus.AskAsync(client, cancellation);
        terminal.Output.WriteLine(terminal.Bold("Welcome. This box is your private assistant: try \"what time is it\", \"set a timer for 5 minutes\", \"add milk to the shopping list\"."));
        var link = await BrowserLink.WithCodeAsync(client, null, null, cancellation);
        terminal.WriteLine($"In a browser: {link.Url} (good once, within ten minutes). Programs find it there too{(own is null ? "" : " while you are here; `appliance serve` keeps it there")}{(own?.NewToken is { } token ? $", with the token {token} (shown this once)" : "")}.");
        var isOpen = !IPAddress.TryParse(new Uri($"{status.Address}").Host, out var address) || !IPAddress.IsLoopback(address);
        terminal.WriteLine(isOpen ? "A phone's camera opens the same by this code, `appliance qr` shows an app's; `appliance models recommend` names larger models that fit." : "`appliance models recommend` names larger models that fit; `appliance onboard` lets phones in, `appliance dashboard --qr` shows their code.");
        if (isOpen) QrCommand.Draw(terminal, link.Url);
    }

    private static async Task<GatewayClient?> FindAsync(string home, CancellationToken cancellation)
    {
        try { return await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), Scopes, cancellation); }
        catch (GatewayClientException e) when (e.Code == GatewayClientException.NotRunning) { return null; }
    }

    private static async Task<ApplianceServer> StartAsync(ModelHost models, ServerOptions options, Terminal terminal, CancellationToken cancellation)
    {
        try { return await ApplianceServer.StartAsync(models, options, terminal.Error.WriteLine, cancellation); }
        // Somebody else has the port: the conversation does not need it.
        catch (ModelException) when (options.Port != 0) { return await ApplianceServer.StartAsync(models, options with { Port = 0 }, terminal.Error.WriteLine, cancellation); }
    }
}
