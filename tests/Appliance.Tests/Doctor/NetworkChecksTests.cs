using System.Net;
using Appliance.Config;
using Appliance.Doctor;
using Models.Budget;
using Models.Egress;
using TestKit;

namespace Appliance.Tests.Doctor;

public sealed class NetworkChecksTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("off", "0.0.0.0", false, 1, null)]
    [InlineData("minimal", "0.0.0.0", false, 1, "Ok: the gateway is shown in the network of eth0 while it runs")]
    [InlineData("minimal", "loopback", false, 1, "Warning: the gateway is found in the network and cannot be reached from there: it listens on this machine alone")]
    [InlineData("full", "0.0.0.0", false, 0, "Warning: this machine is in no private network by eth0")]
    [InlineData("full", "0.0.0.0", true, 1, "Warning: discovery.mdns.mode is set, and offline mode is on")]
    public async Task Look_AtDiscovery_SaysWhetherTheGatewayIsFound(string mode, string bind, bool isOffline, int links, string? expected)
    {
        using var home = new TemporaryFolder();
        File.WriteAllText(home["appliance.json"], $$"""{"gateway": {"bind": "{{bind}}", "token": "{{Token}}"}, "network": {"offline": {{(isOffline ? "true" : "false")}}}, "discovery": {"mdns": {"mode": "{{mode}}", "interfaces": ["eth0"] } } }""");
        using var config = ConfigStore.Open(home.Path);
        Assert.Empty(config.Current.Issues);
        var address = IPAddress.Parse("192.168.1.20");
        var patient = new Patient(home.Path, config, MachineMemory.Here, TimeProvider.System)
        {
            Links = names => Assert.Single(names!) == "eth0" && links > 0 ? [new LanLink("eth0", 2, address, new IPNetwork(IPAddress.Parse("192.168.1.0"), 24), [address])] : [],
        };
        Assert.Equal(expected, (await NetworkChecks.LookAsync(patient, CancellationToken.None)).Where(finding => finding.Check == "discovery").Select(finding => $"{finding.Severity}: {finding.What}").SingleOrDefault());
    }
}
