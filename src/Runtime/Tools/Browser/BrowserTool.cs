using Runtime.Browser;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Browser;

/// <summary>
/// Uses web pages as a person does. Pages are of others: who has read one is tainted. Opening an address carries words out, but for one
/// that the person said; so do typing and clicking, but for links within a site and keys that only move what is seen.
/// </summary>
/// <param name="browser">The browser of the box.</param>
public sealed class BrowserTool(BrowserHost browser) : Tool(
    "browser", "Use web pages: open, read, click, type.",
    """
    {"type":"object","properties":{"action":{"enum":["open","snapshot","click","type","press","screenshot","back","close"]},"url":{"type":"string"},"ref":{"type":"integer"},"text":{"type":"string","description":"to type or find, or a key"}},"required":["action"]}
    """)
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => arguments.Text("action") switch
    {
        "open" => SaidText.Holds(context.Said, arguments.Text("url")) ? ToolEffect.Reads : ToolEffect.Outward,
        "click" => StaysOnSite(context, Element(arguments, context)) ? ToolEffect.Reads : ToolEffect.Outward,
        "press" => Key(arguments).OnlyMoves ? ToolEffect.Reads : ToolEffect.Outward,
        "screenshot" => ToolEffect.Writes,
        "snapshot" or "back" or "close" => ToolEffect.Reads,
        _ => ToolEffect.Outward,
    };

    /// <inheritdoc/>
    public override string Describe(ToolArguments arguments, ToolContext context)
    {
        var plain = base.Describe(arguments, context);
        if (browser.Find(context.SessionKey) is not { Address.Length: > 0 } tab || arguments.Text("action") is "open") return plain;
        return arguments.Text("action") is "click" or "type" && Element(arguments, context) is var element ? $"{plain} {element.Role} \"{element.Name}\" {element.Address} on {tab.Address}" : $"{plain} on {tab.Address}";
    }

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var action = arguments.Text("action");
        if (action is not ("open" or "close") && browser.Find(context.SessionKey) is not { IsOpen: true }) throw new ToolException("No page is open. Open one first.");
        if (action == "close" && browser.Find(context.SessionKey) is null) return new ToolResult("No page is open.");
        var url = action == "open" ? Address(arguments.Text("url")) : null;
        var tab = await browser.GetAsync(context.SessionKey, cancellation);
        await tab.Turn.WaitAsync(cancellation);
        try
        {
            return await DoAsync(tab, action, url, arguments, context, cancellation);
        }
        catch (OperationCanceledException)
        {
            // A turn that is stopped leaves nothing running behind it.
            await browser.CloseAsync(context.SessionKey);
            throw;
        }
        finally
        {
            tab.Turn.Release();
        }
    }

    private async Task<ToolResult> DoAsync(BrowserTab tab, string action, Uri? url, ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        switch (action)
        {
            case "open":
                if (await tab.OpenAsync(url!.AbsoluteUri, cancellation) is { } error) throw new ToolException(browser.RefusalOf(url.IdnHost) ?? $"{url.Host} cannot be opened: {error}.");
                break;
            case "click":
                await tab.ClickAsync(Element(arguments, context), cancellation);
                break;
            case "type":
                await tab.TypeAsync(Element(arguments, context), arguments.AnyText("text"), cancellation);
                break;
            case "press":
                await tab.PressKeyAsync(Key(arguments), cancellation);
                break;
            case "back":
                if (!await tab.BackAsync(cancellation)) throw new ToolException("There is no page before this one.");
                break;
            case "screenshot":
                var path = $"screenshots/{context.CallId.Replace('/', '_')}.png";
                context.Files.Write(path, await tab.CaptureAsync(cancellation));
                return new ToolResult($"Saved as {path}.");
            case "close":
                await tab.ClosePageAsync(cancellation);
                if (!tab.IsOpen) await browser.CloseAsync(context.SessionKey);
                return new ToolResult("Closed.");
            case "snapshot":
                break;
            default:
                throw new ToolException($"There is no action {action}; there are open, snapshot, click, type, press, screenshot, back and close.");
        }
        var text = await tab.ReadAsync(cancellation);
        return new ToolResult(action == "snapshot" && arguments.OptionalText("text") is { Length: > 0 } wanted ? Lines(text, wanted) : text);
    }

    private PageElement Element(ToolArguments arguments, ToolContext context)
    {
        var number = arguments.OptionalNumber("ref", 0, int.MaxValue) ?? throw new ToolException("The argument ref is missing: the number before what is meant.");
        var elements = browser.Find(context.SessionKey)?.Elements ?? [];
        return number > 0 && number <= elements.Count ? elements[number - 1] : throw new ToolException($"There is no [{number}] on the page. Take a snapshot.");
    }

    // A link to where the page itself came from tells nobody anything new.
    private bool StaysOnSite(ToolContext context, PageElement element) =>
        element is { Role: "link", Address: { } address } && Uri.TryCreate(address, UriKind.Absolute, out var to) && Uri.TryCreate(browser.Find(context.SessionKey)?.Address, UriKind.Absolute, out var from)
        && to.Scheme is "https" or "http" && (to.Scheme, to.IdnHost, to.Port) == (from.Scheme, from.IdnHost, from.Port);

    private static BrowserKey Key(ToolArguments arguments) =>
        BrowserKey.Find(arguments.Text("text")) ?? throw new ToolException($"There is no such key; there are {BrowserKey.Names}.");

    private static Uri Address(string text)
    {
        if (text.Any(c => char.IsControl(c) || c is '\\' or ' ')) throw new ToolException("The address holds characters that addresses do not.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0) throw new ToolException("Only https:// and http:// addresses without a password can be opened.");
        return url;
    }

    private static string Lines(string page, string wanted) =>
        string.Join('\n', page.Split('\n').Where(line => line.Contains(wanted, StringComparison.OrdinalIgnoreCase))) is { Length: > 0 } found ? found : $"\"{wanted}\" is not on the page.";
}
