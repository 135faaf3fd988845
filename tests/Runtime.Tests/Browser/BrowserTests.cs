using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Models.Egress;
using Runtime.Browser;
using Runtime.Tests.Tools;
using Runtime.Tools;
using Runtime.Tools.Browser;
using TestKit;

namespace Runtime.Tests.Browser;

/// <summary>A real Chromium on pages of a real server. Its names are resolved by the test, and only the server's own address is let through.</summary>
public sealed class BrowserTests(BrowserTests.Site shared) : IClassFixture<BrowserTests.Site>
{
    private const string Shop = """
        <!doctype html><title>The shop</title><h1>Teapots</h1><p>All of <b>clay</b>.</p><p style="display:none">hidden words</p>
        <ul><li><a href="/second">Blue pot</a></li><li><a href="http://other.test:PORT/">Elsewhere</a></li></ul>
        <form action="/bought"><label>Name <input name="who"></label><label><input type="checkbox" checked> gift</label><button>Buy</button></form>
        <a href="/file.bin" download>Download</a>
        <script>if (navigator.webdriver !== undefined) document.title = document.title</script>
        """;

    [ChromiumFact]
    public async Task Browser_OnAPage_ReadsClicksTypesAndGoesBack()
    {
        var site = shared;
        using var bench = site.Bench();
        var page = await bench.OkAsync("browser", site.Open("shop.test", "/"));
        Assert.StartsWith($"The shop\nhttp://shop.test:{site.Port}/\n\n# Teapots\nAll of clay.\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden words", page, StringComparison.Ordinal);
        Assert.Matches(@"\[\d+\] checkbox ""gift"" \(checked\)", page);

        page = await bench.OkAsync("browser", Act("click", Ref(page, "link \"Blue pot\"")));
        Assert.Contains("Second page", page, StringComparison.Ordinal);
        page = await bench.OkAsync("browser", """{"action":"back"}""");
        Assert.Contains("# Teapots", page, StringComparison.Ordinal);
        Assert.Contains("no page before", await bench.ErrorAsync("browser", """{"action":"back"}"""), StringComparison.Ordinal);

        page = await bench.OkAsync("browser", Act("type", Ref(page, "textbox \"Name"), "Ada Löv"));
        Assert.Contains("= \"Ada Löv\"", page, StringComparison.Ordinal);
        page = await bench.OkAsync("browser", Act("type", Ref(page, "textbox \"Name"), "Ada"));
        Assert.Contains("= \"Ada\"", page, StringComparison.Ordinal);
        page = await bench.OkAsync("browser", """{"action":"press","text":"Enter"}""");
        Assert.Contains("Bought by Ada", page, StringComparison.Ordinal);
        Assert.Equal("Bought by Ada", await bench.OkAsync("browser", """{"action":"snapshot","text":"bought BY"}"""));

        Assert.Equal("Saved as screenshots/c.png.", await bench.OkAsync("browser", """{"action":"screenshot"}"""));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(bench.Workspace, "screenshots/c.png"))[..4]);
        Assert.Equal("Closed.", await bench.OkAsync("browser", """{"action":"close"}"""));
        Assert.Contains("No page is open", await bench.ErrorAsync("browser", """{"action":"snapshot"}"""), StringComparison.Ordinal);
    }

    // ssrf: whatever a page, a link, a redirect, a script or a name makes the browser do
    [ChromiumFact]
    public async Task Browser_TowardsPrivateAddresses_GetsNothing()
    {
        using var inside = new FakeServer(_ => new FakeReply(200, "SECRET of the router"));
        var site = shared;
        using var bench = site.Bench();
        var port = new Uri(inside.Address).Port;
        foreach (var url in (string[])[inside.Address, $"http://localhost:{port}/", $"http://[::1]:{port}/", $"http://inside.test:{port}/", $"http://0x7f000001:{port}/", "http://169.254.169.254/latest/meta-data/"])
            Assert.DoesNotContain("SECRET", (await bench.CallAsync("browser", $$"""{"action":"open","url":"{{url}}"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("not an address of the public Internet", (await bench.CallAsync("browser", $$"""{"action":"open","url":"http://inside.test:{{port}}/"}""")).Text, StringComparison.Ordinal);

        site.Pages["/redirect"] = _ => FakeReply.Redirect(302, inside.Address);
        Assert.DoesNotContain("SECRET", (await bench.CallAsync("browser", site.Open("shop.test", "/redirect"))).Text, StringComparison.Ordinal);
        site.Pages["/evil"] = _ => Html($$"""
            <title>evil</title><p id=said>nothing</p><iframe src="{{inside.Address}}"></iframe><img src="{{inside.Address}}/i"><link rel=prefetch href="{{inside.Address}}/p"><link rel=preconnect href="{{inside.Address}}">
            <script>
              fetch("{{inside.Address}}/f", {mode: "no-cors"}).then(() => document.title = "reached").catch(() => {});
              navigator.sendBeacon("{{inside.Address}}/b", "x");
              const socket = new WebSocket("ws://127.0.0.1:{{port}}/w"); socket.onopen = () => document.title = "reached";
              const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:{{port}}"}]}); peer.createDataChannel("x"); peer.createOffer().then(o => peer.setLocalDescription(o));
              window.open("{{inside.Address}}/popup"); alert("pay now");
            </script>
            """);
        var page = await bench.CallAsync("browser", site.Open("shop.test", "/evil"));
        Assert.True(page.IsData);
        await bench.OkAsync("browser", """{"action":"snapshot"}""");
        Assert.Empty(inside.Requests);
    }

    [ChromiumFact]
    public async Task Browser_Offline_OpensNothing_AndOtherThingsThanPages_AreRefused()
    {
        using var site = new Site(new EgressPolicy { Offline = true, PlainHttp = true });
        using var bench = site.Bench();
        Assert.Contains("Offline mode", await PageAsync(bench, site.Open("shop.test", "/")), StringComparison.Ordinal);
        Assert.Empty(site.Server.Requests);
        foreach (var url in (string[])["file:///etc/passwd", "chrome://version", "javascript:alert(1)", "data:text/html,x", "view-source:http://shop.test/", "http://a:b@shop.test/", "about:blank"])
            Assert.Contains("Only https://", await bench.ErrorAsync("browser", $$"""{"action":"open","url":"{{url}}"}"""), StringComparison.Ordinal);
    }

    // injection: after a page was read, what goes out is asked about, and who is asked sees what it is
    [ChromiumFact]
    public async Task Browser_InATaintedSession_AsksBeforeItTypesOrClicks()
    {
        var site = shared;
        var asked = new List<string>();
        using var bench = site.Bench(asked: asked);
        var page = await bench.OkAsync("browser", site.Open("shop.test", "/"));
        bench.Context = bench.Context with { IsTainted = true, Said = "" };
        foreach (var call in (string[])[Act("click", Ref(page, "button \"Buy\"")), Act("click", Ref(page, "link \"Elsewhere\"")), Act("type", Ref(page, "textbox \"Name"), "secret"), """{"action":"press","text":"Enter"}""", site.Open("shop.test", "/?d=secret")])
            Assert.True((await bench.CallAsync("browser", call)).IsRefused, call);
        Assert.Equal(5, asked.Count);
        Assert.EndsWith($"button \"Buy\"  on http://shop.test:{site.Port}/", asked[0], StringComparison.Ordinal);
        await bench.OkAsync("browser", """{"action":"press","text":"PageDown"}""");
        Assert.Contains("Second page", await bench.OkAsync("browser", Act("click", Ref(page, "link \"Blue pot\""))), StringComparison.Ordinal);
        Assert.DoesNotContain(site.Server.Requests, r => r.Target.Contains("secret", StringComparison.Ordinal) || r.Target.StartsWith("/bought?who=&", StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task Browser_OfOtherConversations_IsApart_AndWhatChangedIsNotClicked()
    {
        var site = shared;
        using var bench = site.Bench();
        site.Pages["/set"] = _ => Html("<script>document.cookie='who=ada'; document.write(document.cookie)</script>");
        site.Pages["/get"] = _ => Html("<script>document.write('[' + document.cookie + ']')</script><button onclick=\"this.textContent='Pay'\">Look</button>");
        Assert.Contains("who=ada", await bench.OkAsync("browser", site.Open("shop.test", "/set")), StringComparison.Ordinal);
        Assert.Contains("[who=ada]", await bench.OkAsync("browser", site.Open("shop.test", "/get")), StringComparison.Ordinal);
        bench.Context = bench.Context with { SessionKey = bench.Context.SessionKey + ":other" };
        var page = await bench.OkAsync("browser", site.Open("shop.test", "/get"));
        Assert.Contains("[]", page, StringComparison.Ordinal);
        // The page's own script puts another word on what was read.
        var look = Act("click", Ref(page, "button \"Look\""));
        var tab = site.Browser.Find(bench.Context.SessionKey)!;
        var before = tab.Elements;
        Assert.Contains("Pay", await bench.OkAsync("browser", look), StringComparison.Ordinal);
        await Assert.ThrowsAsync<Models.ModelException>(() => tab.ClickAsync(before[^1], default));
    }

    [ChromiumFact]
    public async Task Browser_ThatIsKilled_OrClosed_LeavesNothing_AndComesAgain()
    {
        using var site = new Site();
        using var bench = site.Bench();
        await bench.OkAsync("browser", site.Open("shop.test", "/"));
        foreach (var process in Processes(site.Browser.Folder!)) Kill(process);
        await site.Browser.Ended!.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("# Teapots", await bench.OkAsync("browser", site.Open("shop.test", "/")), StringComparison.Ordinal);
        var (ended, folder) = (site.Browser.Ended!, site.Browser.Folder!);
        Assert.NotEmpty(Processes(folder));
        site.Browser.Dispose();
        await ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(Processes(folder));
        Assert.False(Directory.Exists(folder));
    }

    [ChromiumFact]
    public async Task Browser_WhosePageNeverEnds_StopsWithItsTurn()
    {
        var site = shared;
        using var bench = site.Bench();
        site.Pages["/hang"] = _ => new FakeReply(200, "<p>x") { FallSilent = true, NoLength = true };
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Runner.CallAsync("browser", ToolArguments.Parse(site.Open("shop.test", "/hang")), bench.Context, stop.Token));
        Assert.Contains("# Teapots", await bench.OkAsync("browser", site.Open("shop.test", "/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_WhereThereIsNone_SaysWhatToDo()
    {
        using var browser = new BrowserHost(() => new BrowserSettings { Program = "/nonexistent/chromium" }, new EgressPolicy(), TimeProvider.System);
        using var bench = new ToolBench(null, null, new BrowserTool(browser));
        Assert.Contains("no browser at /nonexistent/chromium", await bench.ErrorAsync("browser", """{"action":"open","url":"https://example.org/"}"""), StringComparison.Ordinal);
        Assert.Contains("No page is open", await bench.ErrorAsync("browser", """{"action":"press","text":"Tab"}"""), StringComparison.Ordinal);
        Assert.Contains("There is no [3]", await bench.ErrorAsync("browser", """{"action":"click","ref":3}"""), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(ToolBench bench, string call) => (await bench.CallAsync("browser", call)).Text;

    private static string Act(string action, int number, string? text = null) => text is null ? $$"""{"action":"{{action}}","ref":{{number}}}""" : $$"""{"action":"{{action}}","ref":{{number}},"text":"{{text}}"}""";

    private static int Ref(string page, string what) => int.Parse(Regex.Match(page, $@"\[(\d+)\] {Regex.Escape(what)}").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    private static FakeReply Html(string html) => new FakeReply(200, html).With("Content-Type", "text/html; charset=utf-8");

    private static IEnumerable<int> Processes(string folder) => Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _) && CommandLine(p).Contains(folder, StringComparison.Ordinal))
        .Select(p => int.Parse(Path.GetFileName(p), System.Globalization.CultureInfo.InvariantCulture)).ToArray();

    private static string CommandLine(string process)
    {
        try { return File.ReadAllText(process + "/cmdline"); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }

    private static void Kill(int process)
    {
        try { System.Diagnostics.Process.GetProcessById(process).Kill(); }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception) { }
    }

    /// <summary>A server with pages, and a browser that can reach it as shop.test and other.test.</summary>
    public sealed class Site : IDisposable
    {
        private int _conversations;

        public Site() : this(new EgressPolicy { PlainHttp = true }) { }

        internal Site(EgressPolicy policy)
        {
            Server = new FakeServer(Answer, at: Outside);
            Port = new Uri(Server.Address).Port;
            Pages["/"] = _ => Html(Shop.Replace("PORT", $"{Port}", StringComparison.Ordinal));
            Pages["/second"] = _ => Html("<title>Second</title><p>Second page");
            Browser = new BrowserHost(() => new BrowserSettings(), policy, TimeProvider.System) { MakeDoor = p => new PublicDoor(p, Resolve, Outside.Equals) };
        }

        public FakeServer Server { get; }

        public int Port { get; }

        public ConcurrentDictionary<string, Func<FakeRequest, FakeReply>> Pages { get; } = new(StringComparer.Ordinal);

        public BrowserHost Browser { get; }

        public string Open(string host, string path) => $$"""{"action":"open","url":"http://{{host}}:{{Port}}{{path}}"}""";

        /// <summary>A conversation of its own; with a list, one where everything is asked about and nothing allowed.</summary>
        internal ToolBench Bench(List<string>? asked = null)
        {
            var bench = new ToolBench(null, asked is null ? null : new Nobody(asked), new BrowserTool(Browser));
            bench.Context = bench.Context with { SessionKey = $"agent:main:{Interlocked.Increment(ref _conversations)}" };
            return bench;
        }

        public void Dispose()
        {
            Browser.Dispose();
            Server.Dispose();
        }

        // Another address of this machine stands for the Internet.
        private static IPAddress Outside { get; } = IPAddress.Parse("127.0.0.9");

        private static Task<IPAddress[]> Resolve(string host, CancellationToken cancellation) =>
            Task.FromResult<IPAddress[]>(host is "shop.test" or "other.test" ? [Outside] : host is "inside.test" or "localhost" ? [IPAddress.Loopback] : []);

        private FakeReply Answer(FakeRequest request) => Pages.TryGetValue(request.Target.Split('?')[0], out var page) ? page(request)
            : request.Target.StartsWith("/bought", StringComparison.Ordinal) ? Html($"<title>Bought</title><p>Bought by {request.Target.Split("who=")[^1].Split('&')[0]}") : new FakeReply(404);
    }

    private sealed class Nobody(List<string> asked) : IToolApprover
    {
        public Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation)
        {
            asked.Add(tool.Describe(arguments, context));
            return Task.FromResult(false);
        }
    }
}
