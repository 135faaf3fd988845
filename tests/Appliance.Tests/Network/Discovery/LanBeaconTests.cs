using System.CommandLine;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Threading.Channels;
using Appliance.Commands.Network;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Network.Discovery;
using Appliance.Tests.Http;
using Models;
using Models.Egress;
using TestKit;

namespace Appliance.Tests.Network.Discovery;

/// <summary>Real multicast, on the loopback interface alone: nothing of it leaves this machine.</summary>
public sealed class LanBeaconTests : IDisposable
{
    private static readonly string[] Loopback = [NetworkInterface.GetAllNetworkInterfaces().First(i => i.NetworkInterfaceType == NetworkInterfaceType.Loopback).Name];

    private readonly TemporaryFolder _home = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private ConfigStore _config = null!;

    public void Dispose()
    {
        _config.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Gateway_IsFoundWhileItIsAskedFor_AndTakesItsNameBack()
    {
        await using var host = await StartAsync("minimal");
        await HearAsync($"shown in the network of {Loopback[0]}");
        var found = await FindAsync(host.Address.Port, isThere: true);
        Assert.Equal(("127.0.0.1", "gateway", null, null), (found!.Addresses[0].ToString(), found.Hint("role"), found.Hint("gatewayDirectReachable"), found.Hint("cliPath")));
        Assert.Equal($"ws://127.0.0.1:{host.Address.Port}", found.Address);

        // What was said a moment ago is not said again within a second, so it may take two tries.
        JsonElement shown = default;
        for (var began = TimeProvider.System.GetTimestamp(); shown.ValueKind == JsonValueKind.Undefined; Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "it was not listed"))
        {
            var output = new StringWriter();
            var parsed = new RootCommand { NetworkCommand.Create(() => _home.Path) }.Parse(["network", "discover", "--json", "--timeout", "1", "--interface", Loopback[0]]);
            Assert.Equal(0, await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = TextWriter.Null }));
            shown = JsonElement.Parse(output.ToString()).GetProperty("beacons").EnumerateArray().FirstOrDefault(beacon => beacon.GetProperty("port").GetInt32() == host.Address.Port);
        }
        Assert.Equal((found.Address, $"{host.Address.Port}"), (shown.GetProperty("wsUrl").GetString(), shown.GetProperty("txt").GetProperty("gatewayPort").GetString()));

        Set("discovery.mdns.mode", "full");
        await HearAsync($"shown in the network of {Loopback[0]}");
        Assert.NotNull((await FindAsync(host.Address.Port, isThere: true))!.Hint("cliPath"));
        Set("discovery.mdns.mode", "off");
        await FindAsync(host.Address.Port, isThere: false);
    }

    [Fact]
    public async Task Two_OfOneMachine_HaveANameEach()
    {
        await using var first = await StartAsync("minimal");
        await HearAsync($"shown in the network of {Loopback[0]}");
        await using var second = await TestHost.StartAsync(options => options with { Config = _config, Tell = line => _told.Writer.TryWrite(line) });
        await HearAsync($"shown in the network of {Loopback[0]}");
        var (one, other) = (await FindAsync(first.Address.Port, isThere: true), await FindAsync(second.Address.Port, isThere: true));
        Assert.NotEqual(one!.Instance, other!.Instance);
    }

    [Fact]
    public async Task Offline_NothingIsSaidAndNobodyAsked()
    {
        await using var host = await StartAsync("off");
        Set("network.offline", true);
        Set("discovery.mdns.mode", "minimal");
        await HearAsync("Offline mode is on");
        var e = await Assert.ThrowsAnyAsync<ModelException>(() => LanSearch.AskAsync(new EgressPolicy { Offline = true }, Loopback, TimeSpan.FromSeconds(1), default));
        Assert.Contains("Offline mode is on", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interface_ThatIsNotThere_IsTold()
    {
        _config = ConfigStore.Open(_home.Path);
        _config.Edit(document => ConfigEdit.Set(ConfigEdit.Set(document, ConfigPath.Parse("discovery.mdns.mode"), "minimal"), ConfigPath.Parse("discovery.mdns.interfaces"), new System.Text.Json.Nodes.JsonArray("none0")));
        await using var host = await TestHost.StartAsync(options => options with { Config = _config, Tell = line => _told.Writer.TryWrite(line) });
        Assert.Contains("no private network by none0", await HearAsync("cannot be found"), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<ModelException>(() => LanSearch.AskAsync(new EgressPolicy(), ["none0"], TimeSpan.FromSeconds(1), default));
    }

    /// <summary>Asks until it is, or is no longer, found.</summary>
    private static async Task<FoundGateway?> FindAsync(int port, bool isThere)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            // Long enough that one who is there and said so a moment ago says it again.
            var found = (await LanSearch.AskAsync(new EgressPolicy(), Loopback, TimeSpan.FromSeconds(isThere ? 0.5 : 2), default)).FirstOrDefault(gateway => gateway.Port == port);
            if (found is not null == isThere) return found;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), isThere ? "it was not found" : "it was still found");
        }
    }

    private async Task<TestHost> StartAsync(string mode)
    {
        await File.WriteAllTextAsync(_home["appliance.json"], $$$"""{"discovery": {"mdns": {"mode": "{{{mode}}}", "interfaces": ["{{{Loopback[0]}}}"]} } }""");
        _config = ConfigStore.Open(_home.Path);
        return await TestHost.StartAsync(options => options with { Config = _config, Tell = line => _told.Writer.TryWrite(line) });
    }

    private void Set(string path, System.Text.Json.Nodes.JsonNode value) => _config.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse(path), value));

    private async Task<string> HearAsync(string part)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var line = await _told.Reader.ReadAsync(patience.Token);
            if (line.Contains(part, StringComparison.Ordinal)) return line;
        }
    }
}
