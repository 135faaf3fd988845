using Runtime.Tools.Web;
using TestKit;

namespace Runtime.Tests.Tools.Web;

public sealed class WebFetchTests
{
    // ssrf-25
    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/x")]
    [InlineData("data:text/html,hi")]
    [InlineData("jar:http://example.org/x")]
    [InlineData("\\\\\\\\host\\\\share")]
    [InlineData("https://user:pass@example.org/")]
    [InlineData("https://example.org/a\\r\\nHost: inner")]
    [InlineData("https://evil#@good\\\\x")]
    public async Task Fetch_OddAddresses_AreRefused(string url)
    {
        using var bench = new ToolBench();
        var error = await bench.ErrorAsync("web_fetch", $$"""{"url":"{{url}}"}""");
        Assert.DoesNotContain("cannot be reached", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Offline", error, StringComparison.Ordinal);
    }

    // exfil-01, injection-01
    [Theory]
    [InlineData("Read https://example.org/page, please.", "https://example.org/page", true)]
    [InlineData("Read https://example.org/page", "https://example.org/page", true)]
    [InlineData("Read https://example.org/page", "https://example.org/page?d=secret", false)]
    [InlineData("Read https://example.org/page", "https://example.org/pag", false)]
    [InlineData("Read example.org/page", "example.org/page", true)]
    [InlineData("Read the page", "https://evil.example/?d=secret", false)]
    public async Task Fetch_InATaintedSession_OnlyWhatThePersonNamed(string said, string url, bool allowed)
    {
        using var bench = new ToolBench();
        bench.Context = bench.Context with { IsTainted = true, Said = said };
        var result = await bench.CallAsync("web_fetch", $$"""{"url":"{{url}}"}""");
        Assert.Equal(!allowed, result.IsRefused);
        Assert.Contains(allowed ? "Offline mode" : "Not approved", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_IsReadAsAPersonDoes()
    {
        const string page = """
            <!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head><body><nav>menu</nav><!-- hidden --><script>evil("<p>")</script>
            <h1 class="a>b">Head</h1><p>One   two<br>three &lt;tag&gt;</p><ul><li>x<li>y</ul><table><tr><td>1<td>2</table>5 < 6<svg/>end</body></html>
            """;
        Assert.Equal("A & B", HtmlText.Title(page));
        Assert.Equal("# Head\n\nOne two\nthree <tag>\n\n- x\n- y\n\n 1 2\n5 < 6end", HtmlText.Of(page).Replace("\n\n\n", "\n\n", StringComparison.Ordinal));
    }

    // dos-07: a page is read once, whatever is in it
    [Fact]
    public void Html_HostilePages_CostTheirLength()
    {
        foreach (var piece in new[] { "<", "<a", "<script>", "<!--", "<p>", "</", "<title", "&", "<td ", "'\"<" })
        {
            var (shorter, longer) = (Measure(piece, 20_000), Measure(piece, 160_000));
            Assert.True(longer < shorter * 40 + TimeSpan.FromMilliseconds(200), $"{piece}: {shorter} {longer}");
        }

        static TimeSpan Measure(string piece, int times)
        {
            var page = string.Concat(Enumerable.Repeat(piece, times));
            return ThreadClock.Best(() => _ = HtmlText.Title(page) + HtmlText.Of(page));
        }
    }
}
