using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Runtime.Audit;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Hardware that is simulated, through a real gateway: named in its configuration, used by its methods and tools, and what it begins.</summary>
public sealed class HardwareTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private GatewayClient _owner = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _ = _host.Token;
        await File.WriteAllTextAsync(Path.Combine(_host.Home, "appliance.json"), """
            {
              "hardware": {
                "simulate": true,
                "pins": {
                  "lamp": { "at": "gpio:gpiochip0/17", "output": true, "allow": ["read", "set"], "safe": "off", "about": "over the stove" },
                  "door": { "at": "gpio:gpiochip0/4", "allow": ["read", "trigger"], "bias": "pull-up" },
                  "dusk": { "at": "gpio:gpiochip0/5", "allow": ["read", "trigger"] }
                },
                "sensors": { "kitchen": { "at": "w1:28-0316" } },
                "triggers": { "bell": { "on": "door", "becomes": "on", "say": "The door bell rang: {name} is {value}." }, "dark": { "on": "dusk", "becomes": "on", "say": "turn the lamp on" } }
              }
            }
            """);
        await _host.RestartAsync();
        _owner = await GatewayClient.ConnectAsync(_host.Address, _host.Token);
    }

    public async Task DisposeAsync()
    {
        Assert.Empty(_host.Bugs);
        await _owner.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Pins_ListedReadAndSet_AreWhatTheConfigurationNames()
    {
        var list = await _owner.AskAsync("hardware.list", new JsonObject());
        Assert.True(list.GetProperty("simulated").GetBoolean());
        Assert.Equal(["lamp", "door", "dusk"], list.GetProperty("pins").EnumerateArray().Select(pin => pin.GetProperty("name").GetString()));
        Assert.Equal("20 °C", list.GetProperty("sensors")[0].GetProperty("state").GetString());

        Assert.Equal("on", (await _owner.AskAsync("hardware.set", new JsonObject { ["name"] = "lamp", ["value"] = "on" })).GetProperty("state").GetString());
        Assert.Equal(100, (await _owner.AskAsync("hardware.read", new JsonObject { ["name"] = "lamp" })).GetProperty("percent").GetInt32());
        await _owner.AskAsync("hardware.simulate", new JsonObject { ["name"] = "kitchen", ["value"] = "31.5" });
        Assert.Equal(31.5, (await _owner.AskAsync("hardware.read", new JsonObject { ["name"] = "kitchen" })).GetProperty("value").GetDouble());

        foreach (var (method, name, value) in new[] { ("hardware.set", "door", "on"), ("hardware.set", "heater", "on"), ("hardware.set", "lamp", "bright"), ("hardware.simulate", "lamp", "on"), ("hardware.simulate", "kitchen", "warm") })
            Assert.Equal("INVALID_REQUEST", (await _owner.RequestAsync(method, new JsonObject { ["name"] = name, ["value"] = value })).GetProperty("error").GetProperty("code").GetString());
        await _owner.AskAsync("audit.list", new JsonObject());
        var audited = AuditReader.NewestFirst(_host.Home).Where(record => record.Event.Kind == AuditKind.Hardware).Select(record => $"{record.Event.Action} {record.Event.Resource}").ToList();
        Assert.Contains("hardware.start lamp", audited);
        Assert.Contains("hardware.set lamp", audited);
        Assert.Contains("hardware.refused door", audited);
    }

    [Fact]
    public async Task Trigger_SetOffByAButton_IsATurnOfItsOwnSession()
    {
        await _owner.AskAsync("hardware.simulate", new JsonObject { ["name"] = "door", ["value"] = "on" });

        await _owner.EventAsync("chat", e => e.GetProperty("sessionKey").GetString() == "agent:main:hardware:bell" && e.GetProperty("state").GetString() == "final");

        var history = (await _owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "agent:main:hardware:bell" })).GetProperty("messages");
        Assert.Equal("The door bell rang: door is on.", history[0].GetProperty("content")[0].GetProperty("text").GetString());
        var events = (await _owner.AskAsync("hardware.events", new JsonObject { ["after"] = 0 })).GetProperty("events").EnumerateArray().Select(e => $"{e.GetProperty("kind").GetString()} {e.GetProperty("name").GetString()}").ToList();
        Assert.Equal(["start lamp", "edge door", "trigger bell"], events);
    }

    [Fact]
    public async Task Trigger_WhoseWordsAreAReflex_NeedsNoModel()
    {
        _host.LoadFault = new Models.ModelException("No model answers here.");

        await _owner.AskAsync("hardware.simulate", new JsonObject { ["name"] = "dusk", ["value"] = "on" });

        await _owner.EventAsync("chat", e => e.GetProperty("sessionKey").GetString() == "agent:main:hardware:dark" && e.GetProperty("state").GetString() == "final");
        Assert.Equal("on", (await _owner.AskAsync("hardware.read", new JsonObject { ["name"] = "lamp" })).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Configuration_ThatChanges_CountsAtOnce()
    {
        await _owner.AskAsync("hardware.set", new JsonObject { ["name"] = "lamp", ["value"] = "on" });
        var config = Path.Combine(_host.Home, "appliance.json");
        var hash = (await _owner.AskAsync("config.get", new JsonObject())).GetProperty("hash").GetString();
        await _owner.AskAsync("config.patch", new JsonObject { ["raw"] = """{"hardware":{"pins":{"fan":{"at":"pwm:pwmchip0/0","allow":["read","set"]}}}}""", ["baseHash"] = hash });

        Assert.Equal("40 %", (await _owner.AskAsync("hardware.set", new JsonObject { ["name"] = "fan", ["value"] = "40" })).GetProperty("state").GetString());
        Assert.Equal("on", (await _owner.AskAsync("hardware.read", new JsonObject { ["name"] = "lamp" })).GetProperty("state").GetString());
        Assert.Contains("pwmchip0", await File.ReadAllTextAsync(config), StringComparison.Ordinal);
    }
}
