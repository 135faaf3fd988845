using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Models.Crypto;
using TestKit;

namespace Appliance.Tests.Http;

/// <summary>The page at /: what is sent and how, and the steps of the gateway's protocol that it takes. A browser opens it in the end-to-end tests.</summary>
public sealed partial class ChatPageTests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync()
    {
        Assert.Empty(_host.Bugs);
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Page_LetsRunAndAskWhatStandsInItAlone()
    {
        using var response = await _host.Client.GetAsync("/");
        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(("text/html", "utf-8"), (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentType.CharSet));
        var rules = Header(response, "Content-Security-Policy").Split("; ").Select(rule => rule.Split(' ', 2)).ToDictionary(rule => rule[0], rule => rule[1]);
        Assert.Equal("'none'", rules["default-src"]);
        Assert.Equal(HashOf(html, "script"), rules["script-src"]);
        Assert.Equal(HashOf(html, "style"), rules["style-src"]);
        Assert.Equal("'self'", rules["connect-src"]);
        Assert.All((string[])["base-uri", "form-action", "frame-ancestors", "trusted-types"], rule => Assert.Equal("'none'", rules[rule]));
        Assert.Equal("'script'", rules["require-trusted-types-for"]);
        Assert.Equal("data:", rules["img-src"]);
        Assert.Equal(("DENY", "no-referrer", "nosniff", "same-origin", "no-cache"), (Header(response, "X-Frame-Options"), Header(response, "Referrer-Policy"), Header(response, "X-Content-Type-Options"), Header(response, "Cross-Origin-Opener-Policy"), Header(response, "Cross-Origin-Resource-Policy") == "same-origin" ? Header(response, "Cache-Control") : ""));

        // Nothing is fetched from anywhere, and no text becomes markup or a program.
        Assert.Equal(["http://www.w3.org/2000/svg"], Addresses().Matches(html).Select(match => match.Value).Distinct());
        Assert.DoesNotMatch(Sinks(), html);
        Assert.Equal(1, Scripts().Count(html));
    }

    [Fact]
    public async Task Page_ForABrowser_IsSmall()
    {
        using var plain = await _host.Client.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept-Encoding", "gzip, deflate, br, zstd" } } };
        using var packed = await _host.Client.SendAsync(request);
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.InRange(packed.Content.Headers.ContentLength!.Value, 1, 15 * 1024);
        using var unpacked = new StreamReader(new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await unpacked.ReadToEndAsync());
    }

    [Fact]
    public async Task Page_ThatABrowserHas_IsNotSentAgain()
    {
        using var first = await _host.Client.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "If-None-Match", Header(first, "ETag") } } };
        using var again = await _host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        using var other = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "If-None-Match", "\"other\"" } } });
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Page_ByOtherMethods_IsReadAndNoMore()
    {
        using var head = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
        using var post = await _host.PostAsync("/", "{}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Page_WhereATokenIsNeeded_IsThereForEverybody_AndNothingElseIs()
    {
        await using var shut = await TestHost.StartAsync(options => options with { Token = Token });
        Assert.Contains("<form id=\"gate\"", await shut.Client.GetStringAsync("/"), StringComparison.Ordinal);
        foreach (var path in (string[])["/healthz", "/readyz", "/metrics", "/v1/models", "/page", "/chat.js"])
        {
            using var response = await shut.Client.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, response.StatusCode));
        }
    }

    [Theory]
    [InlineData("Host", "rebound.example")]
    [InlineData("Origin", "https://rebound.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Page_AskedForByAPageFromElsewhere_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    // Where a browser gives no key of its own (plain http from another machine), the page computes one.
    [NodeFact]
    public async Task Device_ComputedByThePage_SignsAsTheGatewayChecksIt()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Appliance", "Http", "Page", "device.js")) + """
            for (const [seed, message] of JSON.parse(require("node:fs").readFileSync(0))) {
              const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (b) => parseInt(b, 16)), device = ed25519(bytes(seed));
              console.log(hexOf(device.key), hexOf(device.sign(bytes(message))), hexOf(sha2(device.key, false)), base64url(device.key));
            }
            """;
        var random = new Random(7);
        var cases = Enumerable.Range(0, 24).Select(i => (Seed: Bytes(random, 32), Message: Bytes(random, i * 23))).ToArray();
        using var node = Process.Start(new ProcessStartInfo(Node.Path!, ["-e", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(cases.Select(c => new[] { Convert.ToHexStringLower(c.Seed), Convert.ToHexStringLower(c.Message) })));
        node.StandardInput.Close();
        var lines = (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await node.WaitForExitAsync();
        Assert.Equal(cases.Select(c =>
        {
            var key = Ed25519.PublicKey(c.Seed);
            return $"{Convert.ToHexStringLower(key)} {Convert.ToHexStringLower(Ed25519.Sign(c.Seed, c.Message))} {BoxKey.IdOf(key)} {System.Buffers.Text.Base64Url.EncodeToString(key)}";
        }), lines);
    }

    // What the page says and reads, step by step; the names are the page's own.
    [Fact]
    public async Task Protocol_AsThePageSpeaksIt_GivesWhatThePageReads()
    {
        await using var page = await GatewayClient.OpenAsync(_host.Address);
        var hello = await page.AskAsync("connect", page.Device(new DeviceKey(1), new JsonObject { ["token"] = _host.Token }, scopes: ["operator.read", "operator.write", "operator.approvals", "operator.questions"], version: "v2"));
        Assert.NotNull(hello.GetProperty("auth").GetProperty("deviceToken").GetString());
        Assert.Equal(["operator.read", "operator.write", "operator.approvals", "operator.questions"], hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()));
        Assert.NotNull((await page.AskAsync("agent.identity.get", new JsonObject())).GetProperty("name").GetString());
        var key = (await page.AskAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "main" })).GetProperty("key").GetString()!;
        Assert.Equal(0, (await page.AskAsync("chat.history", new JsonObject { ["sessionKey"] = key, ["limit"] = 100 })).GetProperty("messages").GetArrayLength());
        foreach (var list in (string[])["exec.approval.list", "plugin.approval.list"]) Assert.Equal(JsonValueKind.Array, (await page.AskAsync(list, new JsonObject())).ValueKind);
        Assert.Equal(0, (await page.AskAsync("question.list", new JsonObject())).GetProperty("questions").GetArrayLength());

        await page.AskAsync("chat.send", new JsonObject { ["sessionKey"] = key, ["message"] = "Hi", ["idempotencyKey"] = "run" });
        var final = await page.EventAsync("chat", e => e.GetProperty("state").GetString() == "final");
        Assert.Equal(("run", key), (final.GetProperty("runId").GetString(), final.GetProperty("sessionKey").GetString()));
        var rows = (await page.AskAsync("chat.history", new JsonObject { ["sessionKey"] = key, ["limit"] = 100 })).GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal("run:user", rows[0].GetProperty("idempotencyKey").GetString());
        Assert.Equal(["run", "run"], rows.Select(row => row.GetProperty("__openclaw").GetProperty("runId").GetString()));
        Assert.Equal(final.GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString(), rows[1].GetProperty("content")[0].GetProperty("text").GetString());

        var fresh = (await page.AskAsync("sessions.create", new JsonObject())).GetProperty("key").GetString();
        Assert.NotEqual(key, fresh);
        await page.AskAsync("chat.abort", new JsonObject { ["sessionKey"] = fresh });
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static string HashOf(string html, string element)
    {
        var inside = Regex.Match(html, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inside)))}'";
    }

    [GeneratedRegex(@"(?:https?|wss?|file):?//[^\s'""`)]*")]
    private static partial Regex Addresses();

    [GeneratedRegex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function|setHTML|DOMParser|createContextualFragment|javascript:|srcdoc| on[a-z]+=")]
    private static partial Regex Sinks();

    [GeneratedRegex("<script")]
    private static partial Regex Scripts();
}
