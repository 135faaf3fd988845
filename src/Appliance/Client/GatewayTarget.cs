using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Models;
using Models.Egress;

namespace Appliance.Client;

/// <summary>Which gateway a command talks to. Immutable.</summary>
/// <param name="Home">The home whose gateway it is, or whose device key it is shown.</param>
/// <param name="Socket">Path of the home's own socket, or null where an address is used.</param>
/// <param name="Url">A <c>ws://</c> or <c>wss://</c> address, or null.</param>
/// <param name="Token">The gateway's token, or null.</param>
internal sealed record GatewayTarget(string Home, string? Socket, Uri? Url, string? Token)
{
    /// <summary>How a message names it.</summary>
    public string Name => Url is null ? Home : EgressPolicy.Redact(Url);

    /// <summary>
    /// The gateway to talk to: the address that was given, else the home's own, else, where a token was given, the one at the default
    /// port of this machine (one that runs in a container, say).
    /// </summary>
    /// <exception cref="ModelException">The address is none, or there is neither a gateway nor a token.</exception>
    public static GatewayTarget Find(string home, string? url, string? token)
    {
        if (url is not null) return new(home, null, Parse(url), token);
        var socket = LocalSocket.PathIn(home);
        if (File.Exists(socket)) return new(home, socket, null, null);
        if (token is not null) return new(home, null, new Uri($"ws://127.0.0.1:{ServerOptions.DefaultPort}"), token);
        throw LocalSocket.IsFree(home) ? NotRunning(home) : new ModelException(
            $"The gateway of {home} has no Unix socket there (its path is too long, or its disk has none). Name its address with --url, and its token in {SharedToken.Variable}.");
    }

    /// <summary>What is said where no gateway runs on a home.</summary>
    public static GatewayClientException NotRunning(string home, Exception? inner = null) => new(
        GatewayClientException.NotRunning,
        $"No gateway runs on {home}. Start one with `appliance gateway run`, or name another with --url and its token in {SharedToken.Variable}.", inner);

    /// <summary>A redacting text: a token is for nobody's log.</summary>
    public override string ToString() => Name;

    private static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"ws://{text}", UriKind.Absolute, out var url) || url.Host.Length == 0)
            throw new ModelException($"--url takes an address such as ws://127.0.0.1:{ServerOptions.DefaultPort}, and '{text}' is none.");
        var scheme = url.Scheme switch
        {
            "ws" or "http" => "ws",
            "wss" or "https" => "wss",
            _ => throw new ModelException($"--url takes ws:// or wss://, and '{EgressPolicy.Redact(url)}' is neither."),
        };
        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw new ModelException($"--url takes an address without user, query and fragment. Give the token with --token-file or {SharedToken.Variable}.");
        return new UriBuilder(url) { Scheme = scheme, Port = url.IsDefaultPort ? -1 : url.Port }.Uri;
    }
}
