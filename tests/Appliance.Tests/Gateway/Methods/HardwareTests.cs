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
                "buses": {
                  "display": { "at": "i2c:1/0x3c", "allow": ["read", "set"], "registers": 1 },
                  "modem": { "at": "serial:ttyUSB0/9600", "allow": ["read", "set"], "ask": false }
                },
                "cameras": { "hall": { "at": "video:video0" } },
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
    public async Task Bus_ReadByATool_GivesWhatTheWorldSent_AndIsWrittenToWhenAPersonSaysYes()
    {
        var list = await _owner.AskAsync("hardware.list", new JsonObject());
        Assert.Equal(["display i2c:1/0x3c", "modem serial:ttyUSB0/9600"], list.GetProperty("buses").EnumerateArray().Select(bus => $"{bus.GetProperty("name").GetString()} {bus.GetProperty("at").GetString()}"));
        await _owner.AskAsync("hardware.simulate", new JsonObject { ["name"] = "modem", ["value"] = "RING" });
        await _owner.AskAsync("hardware.simulate", new JsonObject { ["name"] = "display", ["value"] = "10 a1a2" });
        Assert.Equal("RING\n", await InvokeAsync("""{"action":"read","name":"modem"}"""));
        Assert.Equal("a1a2", await InvokeAsync("""{"action":"read","name":"display","hex":"10","count":2}"""));

        var asked = await _owner.SendRequestAsync("tools.invoke", new JsonObject { ["name"] = "bus", ["args"] = new JsonObject { ["action"] = "write", ["name"] = "display", ["hex"] = "10ff" } });
        var question = await _owner.EventAsync("plugin.approval.requested");
        Assert.Equal("bus", question.GetProperty("request").GetProperty("toolName").GetString());
        Assert.Equal("a1", await InvokeAsync("""{"action":"read","name":"display","hex":"10"}"""));
        await _owner.AskAsync("plugin.approval.resolve", new JsonObject { ["id"] = question.GetProperty("id").GetString(), ["decision"] = "allow-once" });
        Assert.Contains("Wrote 2 bytes to display.", (await _owner.ResponseAsync(asked)).ToString(), StringComparison.Ordinal);
        Assert.Equal("ff", await InvokeAsync("""{"action":"read","name":"display","hex":"10"}"""));

        await _owner.AskAsync("audit.list", new JsonObject());
        Assert.Contains(AuditReader.NewestFirst(_host.Home), record => record.Event is { Kind: AuditKind.Hardware, Action: "hardware.send", Resource: "display", Detail: "2 bytes", By.Person: "owner" });
    }

    [Fact]
    public async Task Camera_ByATool_IsAskedAboutAndLeavesAPicture()
    {
        // A program's call is nobody's wish: a person is asked before a camera looks.
        var asked = await _owner.SendRequestAsync("tools.invoke", new JsonObject { ["name"] = "camera", ["args"] = new JsonObject() });
        var question = await _owner.EventAsync("plugin.approval.requested");
        await _owner.AskAsync("plugin.approval.resolve", new JsonObject { ["id"] = question.GetProperty("id").GetString(), ["decision"] = "allow-once" });

        Assert.Contains("pictures/hall.jpg is a picture of hall", (await _owner.ResponseAsync(asked)).ToString(), StringComparison.Ordinal);

        var picture = await File.ReadAllBytesAsync(Path.Combine(_host.Home, "agents", "main", "workspace", "pictures", "hall.jpg"));
        Assert.Equal([0xFF, 0xD8], picture[..2]);
        await _owner.AskAsync("audit.list", new JsonObject());
        Assert.Contains(AuditReader.NewestFirst(_host.Home), record => record.Event is { Kind: AuditKind.Hardware, Action: "hardware.picture", Resource: "hall" });
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

    private async Task<string?> InvokeAsync(string arguments) =>
        (await _owner.AskAsync("tools.invoke", new JsonObject { ["name"] = "bus", ["args"] = JsonNode.Parse(arguments) })).GetProperty("output").GetProperty("content")[0].GetProperty("text").GetString();
}
