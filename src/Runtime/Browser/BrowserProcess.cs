using System.Globalization;
using System.Runtime.InteropServices;
using Models;
using Runtime.Browser.Cdp;
using Runtime.Sandbox;
using Runtime.Sandbox.Kernel;

namespace Runtime.Browser;

/// <summary>
/// A Chromium of our own: without a window, with a profile that is thrown away, in its own sandbox, and with one way out, our proxy. It
/// ends with this process, however that ends, for it lives by its pipe.
/// </summary>
internal sealed unsafe class BrowserProcess : IDisposable
{
    private const int CloseOnExec = 0x80000;

    // Chromium and its helpers, all of their memory.
    private static readonly SandboxLimits Limits = new() { Memory = 2L << 30, Processes = 1024 };

    // What a browser does by itself (looking for updates, telling of crashes, talking to its makers), and ways around the proxy.
    private static readonly string[] Switches =
    [
        "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-extensions", "--disable-sync", "--disable-default-apps",
        "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-breakpad", "--disable-crash-reporter",
        "--no-pings", "--metrics-recording-only", "--disable-features=Translate,MediaRouter,DialMediaRouteProvider,OptimizationHints,AutofillServerCommunication,InterestFeedContentSuggestions,NetworkPrediction",
        "--password-store=basic", "--mute-audio", "--hide-scrollbars", "--window-size=1280,900", "--disable-dev-shm-usage", "--deny-permission-prompts", "--log-level=3",
        "--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ];

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly CommandCgroup? _cgroup = CommandCgroup.TryMake(Limits);
    private readonly int _process;
    private readonly Task _ended;

    /// <summary>Starts one.</summary>
    /// <param name="program">Chromium.</param>
    /// <param name="proxy">The port of the proxy.</param>
    /// <exception cref="ModelException">It cannot be started.</exception>
    public BrowserProcess(string program, int proxy)
    {
        Folder = Directory.CreateTempSubdirectory("appliance-browser-").FullName;
        try
        {
            string[] own = [.. Switches, $"--user-data-dir={Folder}/profile", string.Create(CultureInfo.InvariantCulture, $"--proxy-server=http://127.0.0.1:{proxy}"), "about:blank"];
            // Chromium has no sandbox for root; a user namespace makes root somebody else, and nests.
            string[] words = Environment.UserName == "root" ? ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000", program, .. own] : [program, .. own];
            (_process, Pipe) = Start(words);
        }
        catch
        {
            Clean();
            throw;
        }
        _ended = Task.Factory.StartNew(Wait, TaskCreationOptions.LongRunning);
        _cgroup?.Take(_process);
    }

    /// <summary>What it writes is below this folder alone.</summary>
    public string Folder { get; }

    /// <summary>The way to speak with it.</summary>
    public CdpPipe Pipe { get; }

    /// <summary>What it complained of, the end of it.</summary>
    public string Complaints
    {
        get
        {
            try { return File.ReadLines(Folder + "/errors").LastOrDefault(line => line.Contains("sandbox", StringComparison.OrdinalIgnoreCase) || line.Contains("FATAL", StringComparison.Ordinal) || line.Contains("unshare", StringComparison.Ordinal)) ?? ""; }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
        }
    }

    /// <summary>Ends it with everything that it started, and removes what it wrote.</summary>
    public void Dispose()
    {
        Pipe.Dispose();
        ProcessTree.Kill([_process], _mark, _cgroup);
        _ended.Wait(TimeSpan.FromSeconds(5));
        Clean();
    }

    private (int Process, CdpPipe Pipe) Start(string[] words)
    {
        var ends = stackalloc int[4];
        if (Native.Pipe(ends, CloseOnExec) != 0 || Native.Pipe(ends + 2, CloseOnExec) != 0) throw new ModelException("No pipe can be made: too many files are open.");
        using var none = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using var errors = File.OpenHandle(Folder + "/errors", FileMode.Create, FileAccess.Write, FileShare.Read);
        int Of(SafeHandle handle) => (int)handle.DangerousGetHandle();
        KeyValuePair<string, string>[] environment =
        [
            new("PATH", "/usr/local/bin:/usr/bin:/bin"), new("HOME", Folder), new("TMPDIR", Folder), new("XDG_CONFIG_HOME", Folder), new("XDG_CACHE_HOME", Folder), new("LANG", "C.UTF-8"), new(ProcessTree.Mark, _mark),
        ];
        using var block = new SpawnBlock(words[0], words, environment, Folder, [Of(none), Of(none), Of(errors)], (ends[0], 3), (ends[3], 4));
        var process = block.Start(0);
        _ = Native.Close(ends[0]);
        _ = Native.Close(ends[3]);
        if (process > 0) return (process, new CdpPipe(ends[1], ends[2]));
        _ = Native.Close(ends[1]);
        _ = Native.Close(ends[2]);
        throw new ModelException($"{words[0]} cannot be started: {new System.ComponentModel.Win32Exception(-process).Message}.");
    }

    private void Wait()
    {
        int status;
        _ = Native.Wait(_process, &status, 0);
    }

    private void Clean()
    {
        _cgroup?.Dispose();
        try { Directory.Delete(Folder, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A helper that is not gone yet wrote meanwhile; the folder is in the temporary folder and holds nothing that is needed.
        }
    }
}
