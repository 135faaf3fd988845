using System.Net;
using System.Net.Sockets;
using System.Text;
using Appliance.FirstBoot.Settings;
using Appliance.FirstBoot.Setup;
using Models.Egress;
using TestKit;

namespace Appliance.Tests.FirstBoot;

public sealed class SetupServerTests : IAsyncLifetime
{
    private readonly List<FirstBootSettings> _taken = [];
    private readonly ManualTime _time = new();
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private SetupServer _server = null!;

    public async Task InitializeAsync() => _server = await SetupServer.StartAsync(
        new SetupOptions(IPAddress.Loopback, SettingsFileTests.MakeZones(), _taken.Add) { Port = 0, Networks = ["Home", "<script>alert(1)</script>"], ZoneNames = ["Europe/Berlin"], Time = _time }, default);

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Page_Answers_AreTakenOnceAndTheTokenIsShownOnce()
    {
        var page = await GetAsync("/");
        Assert.Contains("<option>Home</option>", page, StringComparison.Ordinal);
        var saved = await PostAsync("/", Answers(page));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        var settings = Assert.Single(_taken);
        var token = settings[SettingKey.GatewayToken]!;
        Assert.Contains(token, await saved.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(("Home", "long password", "DE", "Ann", "Europe/Berlin", "de", "kitchen"), (settings[SettingKey.WifiSsid], settings[SettingKey.WifiPassword], settings[SettingKey.WifiCountry], settings[SettingKey.AdminName], settings[SettingKey.TimeZone], settings[SettingKey.Language], settings[SettingKey.Hostname]));
        Assert.Equal("yes", settings[SettingKey.Mdns]);
        Assert.False(_server.Finished.IsCompleted);

        var again = await GetAsync("/");
        Assert.DoesNotContain(token, again, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/", Answers(page))).StatusCode);
        Assert.Single(_taken);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/finish", [(SetupPage.Proof, Proof(again))])).StatusCode);
        await _server.Finished.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Page_NotAskedToBeFound_SaysNothingOfIt()
    {
        var page = await GetAsync("/");
        Assert.Contains("name=\"mdns\" value=\"yes\">", page, StringComparison.Ordinal);
        await PostAsync("/", [.. Answers(page).Where(answer => answer.Name != "mdns")]);
        Assert.Null(Assert.Single(_taken)[SettingKey.Mdns]);
    }

    [Fact]
    public async Task Page_ManyAnswersAtOnce_OneIsTaken()
    {
        var page = await GetAsync("/");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync("/", Answers(page))));
        Assert.Single(_taken);
    }

    [Fact]
    public async Task Page_HasNoScriptAndNothingFromElsewhere()
    {
        using var answer = await _client.GetAsync(_server.Address);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Equal("default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("wifi_password", "short", "8 to 63")]
    [InlineData("wifi_country", "", "needs wifi_country")]
    [InlineData("time_zone", "../../etc/shadow", "Area/City")]
    [InlineData("hostname", "a\nwifi_ssid = other", "cannot be seen")]
    [InlineData("admin_name", "\"><script>alert(1)</script>", "a name begins")]
    [InlineData("other_ssid", "x\r\nhostname = y", "cannot be seen")]
    public async Task Page_WrongAnswers_AreSaidAndNothingIsTaken(string field, string value, string why)
    {
        var page = await GetAsync("/");
        var refused = await PostAsync("/", [.. Answers(page).Where(a => a.Name != field), (field, value)]);
        var text = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(why, text, StringComparison.Ordinal);
        Assert.DoesNotContain("long password", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(_taken);
        // Nothing is lost: what was right stands in the form again.
        Assert.Contains("name=\"mdns\" value=\"yes\" checked>", text, StringComparison.Ordinal);
        Assert.Contains(field == "admin_name" ? "kitchen" : "Ann", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AnswersFromElsewhere_AreRefused()
    {
        var page = await GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/", [.. Answers(page).Where(a => a.Name != SetupPage.Proof)])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/", [(SetupPage.Proof, "guessed"), .. Answers(page).Where(a => a.Name != SetupPage.Proof)])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/", Answers(page), origin: "http://evil.example")).StatusCode);
        // By another name, as after DNS rebinding: even the page itself is not shown.
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await PostAsync("/", Answers(page), host: "evil.example")).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, _server.Address) { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.Found, (await _client.SendAsync(rebound)).StatusCode);
        Assert.Empty(_taken);
    }

    [Theory]
    [InlineData("/generate_204", "connectivitycheck.gstatic.com")]
    [InlineData("/hotspot-detect.html", "captive.apple.com")]
    [InlineData("/connecttest.txt", "www.msftconnecttest.com")]
    [InlineData("/", "example.com")]
    public async Task Probes_OfPhones_AreLedToThePage(string path, string host)
    {
        using var probe = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Address, path)) { Headers = { Host = host } };
        using var answer = await _client.SendAsync(probe);
        Assert.Equal((HttpStatusCode.Found, _server.Address), (answer.StatusCode, answer.Headers.Location));
    }

    [Fact]
    public async Task Page_TooManyTries_WaitAMinute()
    {
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/", [(SetupPage.Proof, "x")])).StatusCode);
        var page = await GetAsync("/");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PostAsync("/", Answers(page))).StatusCode);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/", Answers(page))).StatusCode);
    }

    [Fact]
    public async Task Page_HugeForm_IsRefused()
    {
        var page = await GetAsync("/");
        var answer = await PostAsync("/", [.. Answers(page), ("more", new string('x', 100_000))]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(_taken);
    }

    [Theory]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "Richte deinen Assistenten ein")]
    [InlineData("zh-CN,zh;q=0.9", "设置您的助手")]
    [InlineData("fr-FR", "Set up your assistant")]
    public async Task Page_Language_IsTheBrowsers(string accepted, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Address);
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        Assert.Contains(expected, WebUtility.HtmlDecode(await (await _client.SendAsync(request)).Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_AnyName_IsTheBox()
    {
        using var responder = UdpResponder.Bind(new IPEndPoint(IPAddress.Loopback, 0), device: null);
        using var end = new CancellationTokenSource();
        var serving = responder.ServeAsync(packet => CaptiveDns.Answer(packet.Span, AccessPointFiles.Address), end.Token);
        using var client = new UdpClient();
        client.Connect(responder.Address);
        // What is no question is not answered, and the next one is.
        await client.SendAsync(new byte[] { 1, 2, 3 });
        await client.SendAsync(new byte[2000]);
        await client.SendAsync(Question(7, "captive.apple.com", 1));
        var answer = (await client.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(60))).Buffer;
        Assert.Equal((0, 7), (answer[0], answer[1]));
        Assert.Equal([10, 86, 74, 1], answer[^4..]);
        await end.CancelAsync();
        await serving;
    }

    [Fact]
    public void Dns_Packets_AreAnsweredByTheirLettersOrNotAtAll()
    {
        var question = Question(1, "a.example", 28);
        var none = CaptiveDns.Answer(question, AccessPointFiles.Address)!;
        Assert.Equal((question.Length, 0, 0x85), (none.Length, none[7], none[2]));
        var random = new SeededRandom(53);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = Question(2, "www.example.com", 1);
            for (var change = random.Next(5); change > 0; change--) packet[random.Next(packet.Length)] = (byte)random.Next(256);
            var cut = packet.AsSpan(0, random.Next(packet.Length + 1));
            if (CaptiveDns.Answer(cut, AccessPointFiles.Address) is not { } answer) continue;
            Assert.InRange(answer.Length, 17, cut.Length + 16);
            Assert.Equal(0x84, answer[2] & 0xfe);
        }
    }

    private static byte[] Question(byte id, string name, byte type) =>
        [0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(label => new byte[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0, 0, type, 0, 1];

    private static (string Name, string Value)[] Answers(string page) =>
    [
        (SetupPage.Proof, Proof(page)), ("wifi_ssid", "Home"), ("other_ssid", ""), ("wifi_password", "long password"), ("wifi_country", "de"),
        ("time_zone", "Europe/Berlin"), ("language", "de"), ("hostname", "kitchen"), ("admin_name", "Ann"), ("mdns", "yes"), ("gateway_token", "not asked for"), ("ssh_key", "not asked for"),
    ];

    private static string Proof(string page)
    {
        const string before = "name=\"proof\" value=\"";
        var at = page.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return WebUtility.HtmlDecode(page[at..page.IndexOf('"', at)]);
    }

    private Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(_server.Address, path));

    private async Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] fields, string? origin = null, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, path)) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        if (host is not null) request.Headers.Host = host;
        return await _client.SendAsync(request);
    }
}
