using System.Security.Cryptography;
using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// What the gateway runs with. There is no configuration file yet: it is shown, not changed.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Config =>
    [
        GatewayMethod.Of("config.get", Scope.Read, _ => ConfigPayload()),
        GatewayMethod.Of("exec.approvals.get", Scope.Admin, _ => FrameWriter.Payload(
            new ExecApprovals(Path.Combine(_context.Home, "exec-approvals.json"), Hash("{}"), new ExecApprovalFile(1), new ExecDefaults("deny", "always", "deny", false)))),
    ];

    /// <summary>Where the file will be.</summary>
    public string ConfigPath => Path.Combine(_context.Home, "appliance.json");

    private byte[] ConfigPayload()
    {
        var model = DefaultModel().Name;
        var view = new ConfigView(
            new ConfigGateway(_context.Options.Port, global::System.Net.IPAddress.IsLoopback(_context.Options.Address) ? "loopback" : "custom"),
            new ConfigAgents(new ConfigAgentDefaults(model is null ? null : new($"{Provider}/{model}"))));
        return FrameWriter.Payload(new ConfigSnapshot(ConfigPath, view, Hash(view.ToString())));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
