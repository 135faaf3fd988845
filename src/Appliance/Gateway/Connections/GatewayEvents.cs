using System.Collections.Frozen;
using Appliance.Gateway.Identity;

namespace Appliance.Gateway.Connections;

/// <summary>The one table of events and the scope each needs (PROTOCOL.md §6); what is not in it is not sent.</summary>
internal static class GatewayEvents
{
    private const string Anyone = "";
    private const string NodesOnly = "node";

    private static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>
    {
        ["connect.challenge"] = Anyone,
        ["tick"] = Anyone,
        ["presence"] = Anyone,
        ["health"] = Anyone,
        ["heartbeat"] = Anyone,
        ["shutdown"] = Anyone,
        ["agent"] = Scope.Read,
        ["chat"] = Scope.Read,
        ["session.message"] = Scope.Read,
        ["sessions.changed"] = Scope.Read,
        ["board.changed"] = Scope.Read,
        ["session.operation"] = Scope.Read,
        ["task"] = Scope.Read,
        ["models.snapshot"] = Scope.Read,
        ["cron"] = Scope.Read,
        ["config.changed"] = Scope.Read,
        ["exec.approval.requested"] = Scope.Approvals,
        ["exec.approval.resolved"] = Scope.Approvals,
        ["plugin.approval.requested"] = Scope.Approvals,
        ["plugin.approval.resolved"] = Scope.Approvals,
        ["question.requested"] = Scope.Questions,
        ["question.resolved"] = Scope.Questions,
        ["users.prefs.changed"] = Scope.Read,
        ["node.pair.requested"] = Scope.Pairing,
        ["node.pair.resolved"] = Scope.Pairing,
        ["node.hostStats"] = Scope.Read,
        ["node.invoke.request"] = NodesOnly,
        ["device.pair.requested"] = Scope.Pairing,
        ["device.pair.resolved"] = Scope.Pairing,
        ["device.pair.setup.completed"] = Scope.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names, for hello.</summary>
    public static IReadOnlyList<string> Names => Table.Keys;

    /// <summary>True where somebody may hear an event.</summary>
    public static bool MayHear(Principal principal, string name) => Table.GetValueOrDefault(name) switch
    {
        null => false,
        Anyone => true,
        NodesOnly => principal.Role == Principal.Node,
        var scope => principal.Role == Principal.Operator && Scope.Allows(principal.Scopes, scope),
    };
}
