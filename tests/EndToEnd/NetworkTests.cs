using System.Diagnostics;
using TestKit;

namespace EndToEnd;

/// <summary>How the published file is reached: what it claims of Tailscale ends with it, and other programs' mDNS finds it.</summary>
public sealed class NetworkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Claim_OfAGatewayThatIsKilled_EndsWithIt()
    {
        using var fake = new FakeTailscale();
        await File.WriteAllTextAsync(_home["appliance.json"], $$"""{"gateway": {"tailscale": {"mode": "serve", "program": "{{fake.Path}}"} } }""");
        await using var server = await RunningServer.StartAsync(_home.Path);
        await UntilAsync(() => fake.Claims.Count == 1, "the gateway claimed nothing");
        Assert.NotEqual(server.Process.Id, fake.Claims[0]);
        // SIGKILL: nothing of it can clean up.
        server.Process.Kill();
        await server.Process.WaitForExitAsync();
        await UntilAsync(() => fake.Claims.Count == 0, "the claim outlived the gateway");
    }

    [Fact]
    public async Task Commands_OfTailscale_WorkOnTheRunningGateway()
    {
        using var fake = new FakeTailscale();
        await File.WriteAllTextAsync(_home["appliance.json"], $$"""{"gateway": {"tailscale": {"program": "{{fake.Path}}"} } }""");
        await using var server = await RunningServer.StartAsync(_home.Path);
        var served = await ApplianceBinary.RunAsync(_home.Path, "network", "tailscale", "serve");
        Assert.True(served.ExitCode == 0, served.Error);
        Assert.Contains("https://box.tail1234.ts.net is this gateway", served.Output, StringComparison.Ordinal);
        Assert.Single(fake.Claims);
        Assert.Equal(0, (await ApplianceBinary.RunAsync(_home.Path, "network", "tailscale", "off")).ExitCode);
        Assert.Empty(fake.Claims);
    }

    [RealTailscaleFact]
    public async Task Tailscale_LoggedOut_IsUnderstood()
    {
        // The real command, with a daemon of its own that nobody has logged in, or without one.
        var status = await ApplianceBinary.RunAsync(_home.Path, "network", "tailscale", "status");
        Assert.Contains(status.ExitCode, (int[])[0, 1, 3]);
        Assert.DoesNotContain("Tailscale did not do it", status.Output + status.Error, StringComparison.Ordinal);
    }

    [ZeroconfFact]
    public async Task Zeroconf_OfAnotherMachine_FindsTheGateway()
    {
        await File.WriteAllTextAsync(_home["appliance.json"], """{"gateway": {"bind": "10.77.0.1", "token": "0123456789abcdef0123456789abcdef"}, "discovery": {"mdns": {"mode": "minimal", "interfaces": ["lan0"]}}}""");
        // Two machines with a cable between them: namespaces of the network, and a pair of virtual interfaces.
        const string script = """
            set -e
            ip link set lo up
            unshare -n sleep 300 & peer=$!
            trap 'kill $peer $server 2>/dev/null' EXIT
            until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            ip link add lan0 type veth peer name lan1 netns $peer
            ip addr add 10.77.0.1/24 dev lan0; ip link set lan0 up
            nsenter -t $peer -n ip addr add 10.77.0.2/24 dev lan1; nsenter -t $peer -n ip link set lan1 up
            # A link is up for programs when the kernel has looked at it, which it does once a second.
            until nsenter -t $peer -n ip link show lan1 | grep -q "state UP"; do sleep 0.05; done
            "$0" serve --port 18789 > /dev/null & server=$!
            nsenter -t $peer -n /usr/bin/python3 -c "$1"
            nsenter -t $peer -n env APPLIANCE_HOME="$2" "$0" network discover --json --timeout 3 --interface lan1
            kill $server; wait $server || true
            nsenter -t $peer -n env APPLIANCE_HOME="$2" "$0" network discover --json --timeout 2 --interface lan1
            """;
        const string client = """
            import sys, threading, zeroconf
            found = threading.Event()
            class Listener:
                def add_service(self, z, kind, name):
                    info = z.get_service_info(kind, name, 10000)
                    if info:
                        print(name, info.port, info.parsed_addresses()[0], info.properties[b'role'].decode(), info.properties[b'gatewayDirectReachable'].decode(), flush=True)
                        found.set()
                def update_service(self, z, kind, name): pass
                def remove_service(self, z, kind, name): pass
            z = zeroconf.Zeroconf(interfaces=['10.77.0.2'], ip_version=zeroconf.IPVersion.V4Only)
            zeroconf.ServiceBrowser(z, '_openclaw-gw._tcp.local.', Listener())
            sys.exit(0 if found.wait(60) else 1)
            """;
        using var elsewhere = new TemporaryFolder();
        var start = new ProcessStartInfo("unshare", ["-n", "bash", "-c", script, ApplianceBinary.Path, client, elsewhere.Path]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["APPLIANCE_HOME"] = _home.Path } };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.EndsWith("18789 10.77.0.1 gateway 1", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"wsUrl\":\"ws://10.77.0.1:18789\"", lines[1], StringComparison.Ordinal);
        Assert.Equal("""{"beacons":[]}""", lines[2]);
    }

    private static async Task UntilAsync(Func<bool> isTrue, string otherwise)
    {
        for (var began = Stopwatch.GetTimestamp(); !isTrue(); await Task.Delay(20)) Assert.True(Stopwatch.GetElapsedTime(began) < Patience, otherwise);
    }
}

/// <summary>A fact for the real command of Tailscale's; skipped, with a word, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealTailscaleFactAttribute : FactAttribute
{
    public RealTailscaleFactAttribute() => Skip = File.Exists("/usr/bin/tailscale") ? null! : "Tailscale is not installed";
}

/// <summary>A fact for python3-zeroconf in a network of its own; skipped, with a word, where either cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ZeroconfFactAttribute : FactAttribute
{
    public ZeroconfFactAttribute() => Skip = !Works("/usr/bin/python3", "-c", "import zeroconf") ? "python3-zeroconf is not installed" : !Works("unshare", "-n", "ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1") ? "no network of its own can be made here (that needs root and iproute2)" : null!;

    private static bool Works(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
