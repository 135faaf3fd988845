using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Network.Tailscale;

/// <summary>
/// This gateway in its tailnet: keeps the claim that the configuration asks for, by a command of Tailscale's in the foreground whose claim ends when
/// it does. It is watched, begun anew after pauses that grow, and ended with the gateway; nothing stays behind. Safe for several threads.
/// </summary>
internal sealed class Tailnet : IAsyncDisposable
{
    // Pauses after a claim that ended, doubled each time; one that was in force for this long begins with the first again.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromMinutes(2), Steady = TimeSpan.FromMinutes(1);

    private readonly OneAtATime _claim = new();
    private readonly ConfigStore _config;
    private readonly bool _hasToken;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly int _port;
    private volatile ClaimState _state = ClaimState.None;

    private Tailnet(ConfigStore config, int port, bool hasToken, TimeProvider time, Action<string> tell) => (_config, _port, _hasToken, _time, _tell) = (config, port, hasToken, time, tell);

    /// <summary>How it stands.</summary>
    public ClaimState State => _state;

    /// <summary>Begins to follow the configuration. Starts nothing where it asks for nothing.</summary>
    /// <param name="config">What is configured, from one moment to the next.</param>
    /// <param name="port">The port of 127.0.0.1 the gateway listens on.</param>
    /// <param name="hasToken">True where every request must carry a token that was given, and so was looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears in a sentence what a person should know.</param>
    public static Tailnet Follow(ConfigStore config, int port, bool hasToken, TimeProvider time, Action<string> tell)
    {
        var tailnet = new Tailnet(config, port, hasToken, time, tell);
        config.Changed += tailnet.ConfigChanged;
        tailnet.Begin();
        return tailnet;
    }

    /// <summary>Refuses what must not be claimed, whatever Tailscale would say.</summary>
    /// <param name="mode">What is asked for.</param>
    /// <param name="isOffline">Whether nothing may leave this machine.</param>
    /// <param name="hasToken">Whether every request must carry a token that was given.</param>
    /// <exception cref="TailscaleException">It must not.</exception>
    public static void RequireAllowed(TailscaleMode mode, bool isOffline, bool hasToken)
    {
        if (isOffline) throw new TailscaleException(TailscaleFault.NotAllowed, "Offline mode is on, so nothing is claimed of Tailscale: what it carries leaves this machine. `appliance config unset network.offline` where that is meant.");
        if (mode == TailscaleMode.Funnel && !hasToken)
            throw new TailscaleException(TailscaleFault.NotAllowed, $"Funnel would open this gateway to the whole Internet without a secret of your own. Set gateway.token (or {SharedToken.Variable}) to one of at least {Secret.Shortest} characters, which `openssl rand -hex 32` makes, and restart the gateway.");
    }

    /// <summary>Lets go.</summary>
    public ValueTask DisposeAsync()
    {
        _config.Changed -= ConfigChanged;
        return _claim.DisposeAsync();
    }

    private void ConfigChanged(ConfigChange change)
    {
        if (change.Before.Config.Gateway.Tailscale != change.After.Config.Gateway.Tailscale || change.Before.Config.Network.Offline != change.After.Config.Network.Offline) Begin();
    }

    /// <summary>Ends what is claimed, and begins what is asked for now.</summary>
    private void Begin() => _claim.Begin(isClaiming =>
    {
        var asked = _config.Config.Gateway.Tailscale;
        if (asked.Mode != TailscaleMode.Off) return cancellation => KeepAsync(asked, cancellation);
        if (isClaiming) return _ => LetGoAsync();
        _state = ClaimState.None;
        return null;
    });

    private Task LetGoAsync()
    {
        if (_state.Address is { } address) _tell($"{address} is let go: gateway.tailscale.mode is off");
        _state = ClaimState.None;
        return Task.CompletedTask;
    }

    private async Task KeepAsync(TailscaleConfig asked, CancellationToken cancellation)
    {
        var pause = FirstPause;
        string? told = null;
        while (!cancellation.IsCancellationRequested)
        {
            var began = _time.GetTimestamp();
            string problem;
            try
            {
                problem = await ClaimAsync(asked, cancellation);
            }
            catch (ModelException e)
            {
                problem = e.Message;
            }
            catch (OperationCanceledException)
            {
                break;
            }
            if (cancellation.IsCancellationRequested) break;
            _state = new(asked.Mode) { Problem = problem };
            if (problem != told) _tell($"Tailscale, {_state.Word}: {problem}");
            told = problem;
            if (_time.GetElapsedTime(began) >= Steady) pause = FirstPause;
            try { await Task.Delay(pause, _time, cancellation); }
            catch (OperationCanceledException) { break; }
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        if (_config.Config.Gateway.Tailscale.Mode != TailscaleMode.Off) _state = new(asked.Mode);
    }

    /// <summary>Claims and holds, until it ends; says why it did.</summary>
    private async Task<string> ClaimAsync(TailscaleConfig asked, CancellationToken cancellation)
    {
        RequireAllowed(asked.Mode, Outbound.Of(_config).Offline, _hasToken);
        var program = TailscaleProgram.Get(asked.Program);
        var status = await program.StatusAsync(cancellation);
        var host = status.RequireName();
        _state = new(asked.Mode) { Host = host, Login = status.Login };
        var answer = await program.HoldAsync([_state.Word, "--bg=false", "--https=443", $"http://127.0.0.1:{_port}"], line => Heard(asked.Mode, line.Trim(), host, status.Login), cancellation);
        var text = $"{answer.Output}\n{answer.Error}";
        // Where the tailnet does not have it on, the command says where to turn it on, and ends.
        return ConsentIn(text) is { } url ? ConsentWanted(asked.Mode, url)
            : answer.ExitCode == 0 ? "the claim ended, because Tailscale's daemon stopped or was restarted. It is claimed again." : TailscaleException.Of(text).Message;
    }

    private void Heard(TailscaleMode mode, string line, string host, string? login)
    {
        if (_state.Address is not null) return;
        if (line.StartsWith($"https://{host}", StringComparison.OrdinalIgnoreCase))
        {
            _state = new(mode) { Host = host, Login = login, Address = $"https://{host}" };
            _tell($"reached by Tailscale at https://{host} ({(mode == TailscaleMode.Funnel ? "the whole Internet" : "your tailnet")})");
        }
        else if (ConsentIn(line) is { } url)
        {
            _state = new(mode) { Host = host, Login = login, Problem = ConsentWanted(mode, url) };
            _tell($"Tailscale, {_state.Word}: {_state.Problem}");
        }
    }

    private static string ConsentWanted(TailscaleMode mode, string url) => $"your tailnet does not have {(mode == TailscaleMode.Funnel ? "Funnel" : "HTTPS")} on. Turn it on at {url}";

    private static string? ConsentIn(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith("https://login.tailscale.com/", StringComparison.Ordinal) && !line.Contains(' ', StringComparison.Ordinal)) is { } url ? TailscaleException.Clean(url) : null;
}
