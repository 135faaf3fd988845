using System.CommandLine;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Sections;
using Appliance.Network.Tailscale;
using Models;

namespace Appliance.Commands.Network;

/// <summary><c>appliance network tailscale</c>: reach by Tailscale's own command.</summary>
internal static partial class TailscaleCommand
{
    // A running gateway hears of the configuration in a quarter of a second, or in five; Tailscale's command waits five for its daemon.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), LookAgain = TimeSpan.FromMilliseconds(500);

    private static readonly ConfigPath ModePath = ConfigPath.Parse("gateway.tailscale.mode");

    /// <summary>The command.</summary>
    public static Command Create(Func<string> home) => new("tailscale", "Reach this gateway from elsewhere by Tailscale, which must be installed (docs/network.md).")
    {
        Status(home), Up(home), Claim(home, TailscaleMode.Serve), Claim(home, TailscaleMode.Funnel), Off(home), Certificate(home), Bound(),
    };

    private static Command Status(Func<string> home)
    {
        var command = new Command("status", "Show how Tailscale is and what of it leads here. Exits 3 where it is not connected, 1 where it cannot be used.") { NetworkCommand.Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            var (report, terminal) = (await TailscaleReport.LookAsync(config.Config, await GatewayClaim.AskAsync(config.Home, cancellation), cancellation), Terminal.Of(parsed));
            if (parsed.GetValue(NetworkCommand.Json)) NetworkCommand.WriteJson(terminal, json => TailscaleReportText.Write(report, json));
            else TailscaleReportText.Write(report, terminal);
            return TailscaleReportText.CodeOf(report);
        });
        return command;
    }

    private static Command Claim(Func<string> home, TailscaleMode mode)
    {
        var word = new ClaimState(mode).Word;
        var command = new Command(word, mode == TailscaleMode.Serve
            ? "Let your tailnet reach this gateway by HTTPS, from now on and whenever the gateway runs (sets gateway.tailscale.mode)."
            : "Let the whole Internet reach this gateway by HTTPS, from now on and whenever the gateway runs; needs gateway.token (sets gateway.tailscale.mode).");
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            var (terminal, gateway) = (Terminal.Of(parsed), config.Config.Gateway);
            Tailnet.RequireAllowed(mode, Outbound.Of(config).Offline, gateway.Token is not null);
            var status = await TailscaleProgram.Get(gateway.Tailscale.Program).StatusAsync(cancellation);
            var address = $"https://{status.RequireName()}";
            Set(config, word);
            switch (await WaitAsync(config.Home, claim => claim.Mode == word && (claim.Address ?? claim.Problem) is not null, cancellation))
            {
                case null:
                    terminal.WriteLine($"{address} will be this gateway's as long as it runs, which it does not now: `appliance serve` starts it.");
                    return ExitCode.Ok;
                case { Address: { } claimed } claim when claim.Mode == word:
                    terminal.WriteLine($"{claimed} is this gateway, for {(mode == TailscaleMode.Serve ? "your tailnet" : "the whole Internet")}, as long as it runs.");
                    NetworkCommand.ShowQr(terminal, claimed);
                    return ExitCode.Ok;
                case var claim:
                    throw new ModelException($"The gateway has not claimed {address} yet, and goes on trying. {(claim.Mode == word && claim.Problem is { } problem ? $"{char.ToUpperInvariant(problem[0])}{problem[1..]}" : "Its log says why: `appliance logs`.")}");
            }
        });
        return command;
    }

    private static Command Off(Func<string> home)
    {
        var command = new Command("off", "Let go of what serve or funnel claimed, and claim nothing from now on. Tailscale itself stays connected.");
        command.SetAction(async (parsed, cancellation) =>
        {
            using var config = ConfigStore.Open(home());
            var terminal = Terminal.Of(parsed);
            Set(config, "off");
            var claim = await WaitAsync(config.Home, claim => claim is { Mode: "off", Address: null }, cancellation);
            if (claim is not (null or { Mode: "off", Address: null }))
                throw new ModelException("The gateway has not let go yet, though it was told to. `appliance network tailscale status` shows what leads here; `appliance gateway stop` ends it with the gateway.");
            terminal.WriteLine("The gateway claims nothing of Tailscale. Tailscale itself stays connected; `tailscale down` ends that.");
            var report = await TailscaleReport.LookAsync(config.Config, claim, cancellation);
            foreach (var site in report.Sites.Where(site => !site.IsClaim)) terminal.Note($"warning: {site.Address} still leads here: it was set up by hand. `sudo tailscale {(site.IsPublic ? "funnel" : "serve")} reset` takes that away.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Bound()
    {
        var (parent, words) = (new Argument<int>("parent"), new Argument<string[]>("words"));
        var command = new Command(ParentBound.CommandName, "Become a program that ends with the one that started it.") { parent, words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            ParentBound.Become(parsed.GetValue(parent), parsed.GetValue(words) ?? []);
            return ExitCode.Error;
        });
        return command;
    }

    private static void Set(ConfigStore config, string mode)
    {
        config.Edit(document => mode == "off" ? Without(document) : ConfigEdit.Set(document, ModePath, JsonValue.Create(mode)));
        if (config.Current.Overrides.FirstOrDefault(o => o.Path.Equals(ModePath)) is { } outdone) throw new ModelException($"gateway.tailscale.mode is {mode} in the file now, but {outdone.Source} counts more. Change it there.");
    }

    private static ConfigDocument Without(ConfigDocument document) => document.Find(ModePath) is null ? document : ConfigEdit.Remove(document, ModePath);

    /// <summary>What the running gateway says when it is so, or when patience ends; null where none runs.</summary>
    private static async Task<GatewayClaim?> WaitAsync(string home, Func<GatewayClaim, bool> isSo, CancellationToken cancellation)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LookAgain, cancellation))
        {
            var claim = await GatewayClaim.AskAsync(home, cancellation);
            if (claim is null || isSo(claim) || TimeProvider.System.GetElapsedTime(began) > Patience) return claim;
        }
    }
}
