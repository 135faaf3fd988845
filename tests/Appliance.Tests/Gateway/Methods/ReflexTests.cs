using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class ReflexTests : GatewayTest
{
    [Fact]
    public async Task Commands_OverTheSocket_AreDoneWithoutAModel()
    {
        Host.LoadFault = new Models.ModelException("There is no model here.");
        Assert.Matches("^It is [0-2][0-9]:[0-5][0-9]\\.$", Text((await SayAndHearAsync("What time is it?", "r1")).GetProperty("message")));
        Assert.StartsWith("Timer set for 5 minutes, until ", Text((await SayAndHearAsync("set a timer for 5 minutes please", "r2")).GetProperty("message")), StringComparison.Ordinal);
        var job = Assert.Single((await Owner.AskAsync("cron.list")).GetProperty("jobs").EnumerateArray());
        Assert.Equal("timer", job.GetProperty("payload").GetProperty("message").GetString());
        Assert.Equal("Auf die Liste Einkaufsliste gesetzt: Milch.", Text((await SayAndHearAsync("Setz Milch auf die Einkaufsliste", "r3")).GetProperty("message")));
        Assert.Contains("Milch", Text((await SayAndHearAsync("购物清单里有什么", "r4")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Contains("84", Text((await SayAndHearAsync("what is 12 times 7", "r5")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Contains("Up for", Text((await SayAndHearAsync("status", "r6")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Equal("error", (await SayAndHearAsync("tell me a story", "r7")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Pins_ByTheirNames_AreSetAndRead()
    {
        await ConfigureAsync("""{"hardware":{"simulate":true,"pins":{"kitchen-light":{"at":"gpio:gpiochip0/17","output":true,"allow":["read","set"],"about":"台灯"}}}}""");
        await Host.RestartAsync();
        await using var owner = await GatewayClient.ConnectAsync(Host.Address, Host.Token);
        foreach (var (text, answer) in new[] { ("Turn the kitchen light on!", "kitchen light: on."), ("is the kitchen light on?", "kitchen-light is on."), ("关掉台灯", "台灯：关。"), ("is the kitchen light on", "kitchen-light is off.") })
        {
            var run = Guid.NewGuid().ToString();
            await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = text, ["idempotencyKey"] = run });
            Assert.Equal(answer, Text((await owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() == "final")).GetProperty("message")));
        }
    }

    [Fact]
    public async Task Latency_OverTheSocket_IsAFigure()
    {
        string[] said = ["what time is it", "Wie spät ist es?", "今天几号", "what is 15 + 27", "add milk to the shopping list", "zeig mir die Einkaufsliste", "remind me in 20 minutes to stretch", "10 kg in pounds"];
        foreach (var (text, i) in said.Select((text, i) => (text, i))) await SayAndHearAsync(text, $"warm{i}", $"agent:main:s{i}");
        var times = new List<double>();
        for (var i = 0; i < 15 * said.Length; i++)
        {
            var watch = Stopwatch.StartNew();
            var answer = await SayAndHearAsync(said[i % said.Length], $"r{i}", $"agent:main:s{i % said.Length}");
            times.Add(watch.Elapsed.TotalMilliseconds);
            Assert.Equal("final", answer.GetProperty("state").GetString());
        }
        times.Sort();
        Console.WriteLine($"figure: reflexes over the gateway's socket, {times.Count} messages, written to the disk: median {times[times.Count / 2]:0.0} ms, p99 {times[times.Count * 99 / 100]:0.0} ms, worst {times[^1]:0.0} ms");
    }

    [Fact]
    public async Task Methods_ListTestAddSetAndRemove()
    {
        Assert.Equal("timer", (await TestAsync("set a timer for 3 minutes")).GetProperty("reflex").GetString());
        Assert.False((await TestAsync("why is the sky blue")).TryGetProperty("reflex", out _));
        var name = (await Owner.AskAsync("reflexes.add", new JsonObject { ["phrase"] = "Tea time!", ["action"] = "set a timer for 4 minutes" })).GetProperty("name").GetString();
        Assert.Equal("tea-time", name);
        Assert.StartsWith("Timer set for 4 minutes", Text((await SayAndHearAsync("tea time", "r1")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Equal("enabled", await StateAsync("tea-time"));
        await Owner.AskAsync("reflexes.set", new JsonObject { ["name"] = "tea-time", ["enabled"] = false });
        Assert.Equal("disabled", await StateAsync("tea-time"));
        Assert.False((await TestAsync("tea time")).TryGetProperty("reflex", out _));
        await Owner.AskAsync("reflexes.remove", new JsonObject { ["name"] = "tea-time" });
        Assert.Null(await StateAsync("tea-time"));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("reflexes.remove", new JsonObject { ["name"] = "tea-time" })));
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("reflexes.add", new JsonObject { ["phrase"] = "stop", ["action"] = "what time is it" })));
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("reflexes.remove", new JsonObject { ["name"] = "timer" })));
        // Whoever may talk may not teach.
        await using var talker = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read", "operator.write"]);
        Assert.False((await talker.RequestAsync("reflexes.add", new JsonObject { ["phrase"] = "x y", ["action"] = "what time is it" })).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Files_OfTheOwner_CountFromTheNextMessageOn()
    {
        var folder = (await Owner.AskAsync("reflexes.list")).GetProperty("folder").GetString()!;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "de-kitchen.txt"), "= tea: cron {\"action\":\"add\",\"when\":\"in 4m\",\"text\":\"Timer {text}\"}\n{text} ziehen lassen [für {duration}]\n> {text} zieht.\n\n= hello\ngrüezi\n> Sali!\n");
        Assert.Equal("Grüner Tee zieht.", Text((await SayAndHearAsync("Grüner Tee ziehen lassen, bitte", "r1")).GetProperty("message")));
        Assert.Equal("Sali!", Text((await SayAndHearAsync("Grüezi!", "r2")).GetProperty("message")));
        await File.WriteAllTextAsync(Path.Combine(folder, "en.txt"), "= time: time\nclock\n> {clock}\n");
        Assert.Equal("time", (await TestAsync("clock")).GetProperty("reflex").GetString());
        Assert.False((await TestAsync("what time is it")).TryGetProperty("reflex", out _));
        Assert.True((await TestAsync("wie spät ist es")).TryGetProperty("reflex", out _));
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.txt"), "= x: time\n(a|b\n");
        var fault = Assert.Single((await Owner.AskAsync("reflexes.list")).GetProperty("faults").EnumerateArray()).GetString()!;
        Assert.StartsWith("broken.txt, line 2: a ) is missing", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"reflexes":{"enabled":false}}""")]
    [InlineData("""{"agents":{"main":{"reflexes":{"enabled":false}}}}""")]
    public async Task Config_TurnsThemOff(string config)
    {
        await ConfigureAsync(config);
        Assert.DoesNotContain("It is ", Text((await SayAndHearAsync("what time is it", "r1")).GetProperty("message")), StringComparison.Ordinal);
        Assert.False((await Owner.AskAsync("reflexes.list")).GetProperty("enabled").GetBoolean());
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("No", false)]
    public async Task Offer_IsTheOwnersToTake(string said, bool isTaken)
    {
        Host.Tiny.Answer = _ => ScriptedModel.Say("Ahoy!");
        for (var i = 0; i < 3; i++) await SayAndHearAsync("ahoy box", $"r{i}");
        var asked = await Owner.EventAsync("question.requested");
        var item = asked.GetProperty("questions")[0];
        Assert.Contains("It would answer: ", item.GetProperty("question").GetString(), StringComparison.Ordinal);
        Assert.Equal("offered", await StateAsync("ahoy-box"));
        Assert.False((await TestAsync("ahoy box")).TryGetProperty("reflex", out _));
        await Owner.AskAsync("question.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["answers"] = new JsonObject { ["answers"] = new JsonObject { ["reflex"] = new JsonArray(said) } } });
        Assert.Equal(isTaken ? "enabled" : null, await StateAsync("ahoy-box"));
        Assert.Equal(isTaken, (await TestAsync("ahoy box")).TryGetProperty("reflex", out _));
        await SayAndHearAsync("ahoy box", "r4");
        Assert.Equal(isTaken ? "reflex:ahoy-box" : "tiny", (await HistoryAsync())[^1].GetProperty("model").GetString());
    }

    private Task<JsonElement> TestAsync(string text) => Owner.AskAsync("reflexes.test", new JsonObject { ["text"] = text });

    private async Task<string?> StateAsync(string name) => (await Owner.AskAsync("reflexes.list")).GetProperty("reflexes").EnumerateArray()
        .Where(row => row.GetProperty("name").GetString() == name).Select(row => row.GetProperty("state").GetString()).FirstOrDefault();

    private async Task ConfigureAsync(string config) =>
        await Owner.AskAsync("config.patch", new JsonObject { ["raw"] = config, ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString() });
}
