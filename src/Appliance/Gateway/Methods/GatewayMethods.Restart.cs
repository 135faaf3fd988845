using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// The gateway's own end and beginning.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Restart =>
    [
        new GatewayMethod("gateway.restart.request", Scope.Admin, call =>
        {
            var restart = _context.Options.Restart ?? throw GatewayException.Unavailable("This gateway cannot start itself anew; restart it where it was started.");
            Audit($"restart asked for by {Who(call)}");
            // The answer goes first: what is on its way when the server stops is still sent.
            call.Respond(Done());
            _ = Task.Run(restart);
            return Task.FromResult<byte[]?>(null);
        }),
    ];
}
