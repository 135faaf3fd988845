using System.Text.Json;
using Models;
using Runtime.Browser.Cdp;

namespace Runtime.Browser;

/// <summary>
/// The pages of one conversation: a browser context of its own, without the cookies of any other, and the page that is looked at. Pages
/// that a page opens come on top; at most <see cref="MostPages"/>. One caller at a time.
/// </summary>
internal sealed class BrowserTab
{
    private const int MostPages = 5;

    // How long a page may take to begin loading after a click, and to load.
    private static readonly TimeSpan Begin = TimeSpan.FromMilliseconds(400), Load = TimeSpan.FromSeconds(15);

    private readonly CdpPipe _pipe;
    private readonly Lock _lock = new();
    private readonly List<Page> _pages = [];
    private readonly List<string> _dialogs = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrowserTab(CdpPipe pipe, string context) => (_pipe, Context) = (pipe, context);

    /// <summary>The browser's name of its context.</summary>
    public string Context { get; }

    /// <summary>Where the page was when it was last read, or empty.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What could be used on the page when it was last read.</summary>
    public IReadOnlyList<PageElement> Elements { get; private set; } = [];

    /// <summary>One call at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>When it was last used, by the clock of the host.</summary>
    public long UsedAt { get; set; }

    /// <summary>Makes one, with nothing open.</summary>
    public static async Task<BrowserTab> CreateAsync(CdpPipe pipe, CancellationToken cancellation)
    {
        var made = await pipe.AskAsync("Target.createBrowserContext", null, json => json.WriteBoolean("disposeOnDetach", true), cancellation);
        var context = made.Text("browserContextId") ?? throw new ModelException("The browser gave no context.");
        await pipe.AskAsync("Browser.setDownloadBehavior", null, json => { json.WriteString("behavior", "deny"); json.WriteString("browserContextId", context); }, cancellation);
        return new BrowserTab(pipe, context);
    }

    /// <summary>Ends it, with all that its pages kept.</summary>
    public async Task CloseAsync(CancellationToken cancellation) =>
        await _pipe.AskAsync("Target.disposeBrowserContext", null, json => json.WriteString("browserContextId", Context), cancellation);

    /// <summary>Goes to an address and waits until it is there.</summary>
    /// <returns>Why it could not be opened, in the browser's words; null where it was.</returns>
    public async Task<string?> OpenAsync(string url, CancellationToken cancellation)
    {
        if (Top is null)
        {
            await _pipe.AskAsync("Target.createTarget", null, json => { json.WriteString("url", "about:blank"); json.WriteString("browserContextId", Context); }, cancellation);
            while (Top is null) await Changed(cancellation);
        }
        var page = Top!;
        await page.Ready.WaitAsync(cancellation);
        var answer = await AskAsync("Page.navigate", json => json.WriteString("url", url), cancellation);
        if (answer.Text("errorText") is { Length: > 0 } error) return error;
        await SettleAsync(cancellation);
        return null;
    }

    /// <summary>The page as text; what can be used on it is in <see cref="Elements"/> afterwards.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        var history = await AskAsync("Page.getNavigationHistory", null, cancellation);
        var entry = history.Items("entries").ElementAtOrDefault(history.Number("currentIndex") ?? 0);
        var text = PageText.Of(await AskAsync("Accessibility.getFullAXTree", null, cancellation));
        (Address, Elements) = (entry.Text("url") ?? "", text.Elements);
        string dialogs;
        lock (_lock)
        {
            dialogs = string.Concat(_dialogs.Select(d => $"[The page said in a dialog, which was dismissed: {d}]\n"));
            _dialogs.Clear();
        }
        return $"{Tools.Bounded.Begin((entry.Text("title") ?? "").ReplaceLineEndings(" "), 200)}\n{Tools.Bounded.Begin(Address, 500)}\n\n{dialogs}{text.Text}";
    }

    /// <summary>Clicks something, where it is still what it was.</summary>
    public async Task ClickAsync(PageElement element, CancellationToken cancellation)
    {
        await DemandAsync(element, cancellation);
        await AskAsync("DOM.scrollIntoViewIfNeeded", json => json.WriteNumber("backendNodeId", element.Node), cancellation);
        var quads = await AskAsync("DOM.getContentQuads", json => json.WriteNumber("backendNodeId", element.Node), cancellation);
        double[] quad = quads.Items("quads").FirstOrDefault() is { ValueKind: JsonValueKind.Array } first ? [.. first.EnumerateArray().Select(n => n.GetDouble())] : [];
        if (quad.Length < 8) throw new ModelException("That cannot be clicked: it is not to be seen.");
        var (x, y) = ((quad[0] + quad[2] + quad[4] + quad[6]) / 4, (quad[1] + quad[3] + quad[5] + quad[7]) / 4);
        foreach (var (type, buttons) in new[] { ("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0) })
        {
            await AskAsync("Input.dispatchMouseEvent", json =>
            {
                json.WriteString("type", type);
                json.WriteNumber("x", x);
                json.WriteNumber("y", y);
                json.WriteString("button", type == "mouseMoved" ? "none" : "left");
                json.WriteNumber("buttons", buttons);
                json.WriteNumber("clickCount", type == "mouseMoved" ? 0 : 1);
            }, cancellation);
        }
        await SettleAsync(cancellation);
    }

    /// <summary>Puts a text in the place of what stands in a field.</summary>
    public async Task TypeAsync(PageElement element, string text, CancellationToken cancellation)
    {
        await DemandAsync(element, cancellation);
        await AskAsync("DOM.focus", json => json.WriteNumber("backendNodeId", element.Node), cancellation);
        await PressAsync(BrowserKey.SelectAll, cancellation);
        await AskAsync("Input.insertText", json => json.WriteString("text", text), cancellation);
        await SettleAsync(cancellation);
    }

    /// <summary>Presses a key.</summary>
    public async Task PressKeyAsync(BrowserKey key, CancellationToken cancellation)
    {
        await PressAsync(key, cancellation);
        await SettleAsync(cancellation);
    }

    /// <summary>Goes back; false where there is nothing before.</summary>
    public async Task<bool> BackAsync(CancellationToken cancellation)
    {
        var history = await AskAsync("Page.getNavigationHistory", null, cancellation);
        // The empty page it began with is none to go back to.
        var index = history.Number("currentIndex") ?? 0;
        if (index < 2 || history.Items("entries").ElementAtOrDefault(index - 1).Number("id") is not { } entry) return false;
        await AskAsync("Page.navigateToHistoryEntry", json => json.WriteNumber("entryId", entry), cancellation);
        await SettleAsync(cancellation);
        return true;
    }

    /// <summary>A picture of what is to be seen, PNG.</summary>
    public async Task<byte[]> CaptureAsync(CancellationToken cancellation) =>
        (await AskAsync("Page.captureScreenshot", json => json.WriteString("format", "png"), cancellation)).Member("data")?.GetBytesFromBase64() ?? throw new ModelException("The browser gave no picture.");

    /// <summary>Closes the page on top; false where there is none.</summary>
    public async Task<bool> ClosePageAsync(CancellationToken cancellation)
    {
        if (Top is not { } page) return false;
        await _pipe.AskAsync("Target.closeTarget", null, json => json.WriteString("targetId", page.Target), cancellation);
        Remove(page.Session);
        return true;
    }

    /// <summary>True while a page is open.</summary>
    public bool IsOpen => Top is not null;

    /// <summary>A page of this context has come. Called in the order of the browser's events.</summary>
    public void Attached(string session, string target)
    {
        lock (_lock)
        {
            if (_pages.Count >= MostPages)
            {
                _ = _pipe.AskAsync("Target.closeTarget", null, json => json.WriteString("targetId", target), default).ContinueWith(t => t.Exception, TaskScheduler.Default);
                return;
            }
            _pages.Add(new Page(session, target, PrepareAsync(session)));
        }
        Signal();
    }

    /// <summary>An event of one of its pages.</summary>
    public void Heard(string method, JsonElement parameters, string session)
    {
        lock (_lock)
        {
            if (_pages.Find(p => p.Session == session) is not { } page) return;
            if (method == "Page.frameStartedLoading" && parameters.Text("frameId") == page.Target) page.Loading = true;
            else if (method == "Page.frameStoppedLoading" && parameters.Text("frameId") == page.Target) page.Loading = false;
            else if (method == "Page.javascriptDialogOpening")
            {
                if (_dialogs.Count < 5) _dialogs.Add(Tools.Bounded.Begin((parameters.Text("message") ?? "").ReplaceLineEndings(" "), 200));
                // A page that asks before it is left may be left; everything else is answered with no.
                _ = _pipe.AskAsync("Page.handleJavaScriptDialog", session, json => json.WriteBoolean("accept", parameters.Text("type") == "beforeunload"), default).ContinueWith(t => t.Exception, TaskScheduler.Default);
            }
            else return;
        }
        Signal();
    }

    /// <summary>A page has gone.</summary>
    public void Remove(string session)
    {
        lock (_lock) _pages.RemoveAll(p => p.Session == session);
        Signal();
    }

    private Page? Top
    {
        get { lock (_lock) return _pages.LastOrDefault(); }
    }

    private async Task PrepareAsync(string session)
    {
        foreach (var domain in (string[])["Page.enable", "DOM.enable", "Accessibility.enable"]) await _pipe.AskAsync(domain, session, null, default);
    }

    private async Task<JsonElement> AskAsync(string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancellation)
    {
        var page = Top ?? throw new ModelException("No page is open. Open one first.");
        await page.Ready.WaitAsync(cancellation);
        return await _pipe.AskAsync(method, page.Session, parameters, cancellation);
    }

    // What was on the page when it was read, and when a person was asked, must be what is used.
    private async Task DemandAsync(PageElement element, CancellationToken cancellation)
    {
        JsonElement answer;
        try { answer = await AskAsync("Accessibility.getPartialAXTree", json => { json.WriteNumber("backendNodeId", element.Node); json.WriteBoolean("fetchRelatives", false); }, cancellation); }
        catch (ModelException) { answer = default; }
        if (answer.Items("nodes").Select(PageText.Element).FirstOrDefault() is not { } now || now != element) throw new ModelException("The page has changed: that is not there any more. Take a snapshot.");
    }

    private async Task PressAsync(BrowserKey key, CancellationToken cancellation)
    {
        foreach (var type in (string[])["rawKeyDown", "keyUp"])
        {
            await AskAsync("Input.dispatchKeyEvent", json =>
            {
                json.WriteString("type", type == "rawKeyDown" && key.Text is not null ? "keyDown" : type);
                json.WriteString("key", key.Key);
                json.WriteString("code", key.Code);
                json.WriteNumber("windowsVirtualKeyCode", key.Number);
                json.WriteNumber("modifiers", key.Modifiers);
                if (type == "rawKeyDown" && key.Text is not null) json.WriteString("text", key.Text);
                if (type == "rawKeyDown" && key == BrowserKey.SelectAll)
                {
                    json.WriteStartArray("commands");
                    json.WriteStringValue("selectAll");
                    json.WriteEndArray();
                }
            }, cancellation);
        }
    }

    // Until what was begun is loaded; a page that never ends loading is read as it is.
    private async Task SettleAsync(CancellationToken cancellation)
    {
        if (!await WithinAsync(Begin, () => Top is { Loading: true })) return;
        await WithinAsync(Load, () => Top is null or { Loading: false });

        async Task<bool> WithinAsync(TimeSpan time, Func<bool> isSo)
        {
            var end = Task.Delay(time, cancellation);
            while (true)
            {
                Task changed;
                lock (_lock) changed = _changed.Task;
                if (isSo()) return true;
                if (await Task.WhenAny(changed, end) != end) continue;
                await end;
                return isSo();
            }
        }
    }

    private async Task Changed(CancellationToken cancellation)
    {
        Task changed;
        lock (_lock) changed = _pages.Count > 0 ? Task.CompletedTask : _changed.Task;
        await changed.WaitAsync(cancellation);
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_lock) (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.TrySetResult();
    }

    private sealed class Page(string session, string target, Task ready)
    {
        public string Session => session;

        public string Target => target;

        public Task Ready => ready;

        public bool Loading { get; set; }
    }
}
