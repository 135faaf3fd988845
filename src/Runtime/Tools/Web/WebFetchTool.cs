using System.Net.Http.Headers;
using System.Text;
using Models.Egress;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Web;

/// <summary>
/// Reads a page of the public Internet. An address carries words out of the machine, so it counts as reaching out, except for one that
/// stands word for word in what the person said.
/// </summary>
/// <param name="door">The way out, to the public Internet alone.</param>
internal sealed class WebFetchTool(PublicDoor door) : Tool(
    "web_fetch", "Read a web page.", """{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}""")
{
    // A page's text is short; what is longer is not a page to read.
    private const int MostBytes = 1 << 20;

    public override ToolEffect Effect => ToolEffect.Outward;

    public override ToolProfile Profile => ToolProfile.Assistant;

    public override TimeSpan Limit => TimeSpan.FromSeconds(30);

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => SaidText.Holds(context.Said, arguments.Text("url")) ? ToolEffect.Reads : ToolEffect.Outward;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var url = Parse(arguments.Text("url"));
        try
        {
            using var client = door.CreateHttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Options.Set(EgressPolicy.Why, $"web_fetch, call {context.CallId}");
            request.Headers.Accept.ParseAdd("text/html, text/plain, application/json;q=0.9, */*;q=0.1");
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode) throw new ToolException($"{EgressPolicy.Redact(url)} answered {(int)response.StatusCode}.");
            if (response.Content.Headers.ContentEncoding.Count > 0) throw new ToolException($"{EgressPolicy.Redact(url)} answered compressed, which was not asked for.");
            var kind = response.Content.Headers.ContentType?.MediaType ?? "text/plain";
            if (!kind.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !kind.Contains("json", StringComparison.OrdinalIgnoreCase) && !kind.Contains("xml", StringComparison.OrdinalIgnoreCase))
                throw new ToolException($"{EgressPolicy.Redact(url)} is {kind}, which is no text.");
            var (text, isWhole) = await ReadAsync(response.Content, cancellation);
            if (kind.Contains("html", StringComparison.OrdinalIgnoreCase)) text = $"{HtmlText.Title(text)}\n\n{HtmlText.Of(text)}";
            return new ToolResult(text.Trim() + (isWhole ? "" : $"\n[… only the first {MostBytes} bytes were read …]"));
        }
        catch (HttpRequestException e)
        {
            // What stopped it at the door says so itself; the rest is told without what is inside.
            throw e.InnerException as EgressException ?? (Exception)new ToolException($"{EgressPolicy.Redact(url)} cannot be reached.", e);
        }
    }

    private static Uri Parse(string text)
    {
        if (text.Any(c => char.IsControl(c) || c is '\\' or ' ')) throw new ToolException("The address holds characters that addresses do not.");
        // A page is named as people name it: example.com/news.
        var address = text.Contains(':') ? text : $"https://{text}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http")) throw new ToolException("Only https:// and http:// addresses can be read.");
        if (url.UserInfo.Length > 0) throw new ToolException("An address with a name or a password in it is not used.");
        return url;
    }

    private static async Task<(string Text, bool IsWhole)> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[MostBytes + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        var encoding = content.Headers.ContentType?.CharSet?.Trim('"').ToLowerInvariant() is "iso-8859-1" or "latin1" or "windows-1252" ? Encoding.Latin1 : Encoding.UTF8;
        return (encoding.GetString(bytes, 0, Math.Min(length, MostBytes)), length <= MostBytes);
    }
}
