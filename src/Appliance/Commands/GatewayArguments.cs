using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models.Store;

namespace Appliance.Commands;

/// <summary>The options that every command which talks to a gateway has in common, and the connection they lead to.</summary>
internal sealed class GatewayArguments
{
    private readonly Option<string?> _url = new("--url") { Description = "Another gateway, such as ws://10.0.0.5:18789; by default the one that runs on this home.", HelpName = "URL" };
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = $"File with that gateway's token; or set {SharedToken.Variable}.", HelpName = "PATH" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the answer as JSON." };
    private readonly Func<string> _home;

    /// <summary>Adds them to a command.</summary>
    public GatewayArguments(Command command, Func<string>? home = null)
    {
        _home = home ?? (() => HomeFolder.Path);
        foreach (var option in new Option[] { _json, _url, _tokenFile }) command.Add(option);
    }

    /// <summary>True where a program reads the answer.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>True where another gateway than the home's own is meant.</summary>
    public bool IsElsewhere(ParseResult parsed) => parsed.GetValue(_url) is not null;

    /// <summary>Which gateway it is.</summary>
    public GatewayTarget Target(ParseResult parsed) => GatewayTarget.Find(_home(), parsed.GetValue(_url), TokenFile.Read(parsed.GetValue(_tokenFile)));

    /// <summary>Connects, asking for no more than the command needs.</summary>
    /// <exception cref="GatewayClientException">Nobody is there, or the gateway says no.</exception>
    public Task<GatewayClient> ConnectAsync(ParseResult parsed, CancellationToken cancellation, params string[] scopes) =>
        GatewayClient.ConnectAsync(Target(parsed), scopes, cancellation);
}
