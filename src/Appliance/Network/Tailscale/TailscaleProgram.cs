using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Appliance.Network.Tailscale;

/// <summary>
/// Tailscale's own command, which is all of it that this program knows: nothing is linked in. It gets its words as a list, never by a shell, and an
/// environment without anything of ours, in which secrets stand. Immutable; safe for several threads.
/// </summary>
/// <param name="Path">The whole path of its file.</param>
internal sealed record TailscaleProgram(string Path)
{
    /// <summary>The oldest version that has all that is used: claims in the foreground (1.52) and whois (1.56).</summary>
    public static readonly Version Oldest = new(1, 56);

    /// <summary>How long a question may take. The command itself waits five seconds for a daemon that is starting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const int MostOutput = 4 << 20;

    // Where packages put it; the search path of whoever asks does not count.
    private static readonly string[] Places = ["/usr/bin/tailscale", "/usr/local/bin/tailscale", "/usr/sbin/tailscale", "/usr/local/sbin/tailscale", "/snap/bin/tailscale"];

    /// <summary>The program, or null where there is none.</summary>
    /// <param name="configured">Where the owner says it is; null to look for it.</param>
    public static TailscaleProgram? Find(string? configured) => (configured is null ? Places : [configured]).FirstOrDefault(File.Exists) is { } path ? new(path) : null;

    /// <summary>The program.</summary>
    /// <param name="configured">Where the owner says it is; null to look for it.</param>
    /// <exception cref="TailscaleException">There is none.</exception>
    public static TailscaleProgram Get(string? configured) => Find(configured) ?? throw new TailscaleException(TailscaleFault.NotInstalled, configured is null
        ? "Tailscale is not installed on this machine, or not where packages put it. Install it (tailscale.com/download), or say where it is: `appliance config set gateway.tailscale.program PATH`."
        : $"There is no {configured}, which gateway.tailscale.program names. Correct that, or `appliance config unset gateway.tailscale.program` to have it looked for.");

    /// <summary>Its version, by the first line it prints.</summary>
    /// <exception cref="TailscaleException">It prints none, or is too old.</exception>
    public async Task<Version> VersionAsync(CancellationToken cancellation)
    {
        var line = (await RunAsync(["version"], cancellation)).Require().Split('\n')[0].Trim();
        // 1.98.9, 1.99.0-pre, 1.97.12-dev20260822-t0123abc, ERR-BuildInfo of a build without a stamp.
        var version = Version.TryParse(line.Split('-')[0], out var parsed) ? parsed : throw new TailscaleException(TailscaleFault.Other, $"{Path} does not say which version of Tailscale it is: it printed '{TailscaleException.Clean(line)}'. Is it Tailscale's command?");
        return version >= Oldest ? version : throw new TailscaleException(TailscaleFault.TooOld, $"{Path} is Tailscale {version}, which is too old: this program works with {Oldest} and later. Update it: `sudo tailscale update`, or by the packages of your system.");
    }

    /// <summary>How the daemon is.</summary>
    /// <exception cref="TailscaleException">It is too old, its daemon does not run, or refuses this user.</exception>
    public async Task<TailscaleStatus> StatusAsync(CancellationToken cancellation)
    {
        var version = await VersionAsync(cancellation);
        return TailscaleStatus.Read(await JsonAsync(["status", "--json", "--peers=false"], cancellation), version);
    }

    /// <summary>What it serves.</summary>
    /// <exception cref="TailscaleException">Its daemon does not run, or refuses this user.</exception>
    public async Task<ServedSites> ServedAsync(CancellationToken cancellation) => ServedSites.Read(await JsonAsync(["serve", "status", "--json"], cancellation));

    /// <summary>Asks for JSON.</summary>
    /// <exception cref="TailscaleException">It failed, or answered something else.</exception>
    public async Task<JsonElement> JsonAsync(string[] words, CancellationToken cancellation)
    {
        var text = (await RunAsync(words, cancellation)).Require();
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException e)
        {
            throw new TailscaleException(TailscaleFault.Other, $"`tailscale {words[0]}` answered something that is no JSON. Is {Path} Tailscale's command?", e);
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="words">What it is asked.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="heard">Hears each line as it comes; null where nobody does.</param>
    /// <param name="patience">How long it may take; 20 s by default.</param>
    /// <exception cref="TailscaleException">It cannot be started, or takes too long.</exception>
    public async Task<TailscaleAnswer> RunAsync(string[] words, CancellationToken cancellation, Action<string>? heard = null, TimeSpan? patience = null)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(patience ?? Patience);
        var answer = await ChildProcess.RunAsync(() => Process.Start(StartOf(Path, words))!, heard, MostOutput, time.Token);
        cancellation.ThrowIfCancellationRequested();
        if (time.IsCancellationRequested) throw new TailscaleException(TailscaleFault.Other, $"`tailscale {words[0]}` did not end, so it was stopped. `tailscale status` by hand may say more.");
        return answer;
    }

    /// <summary>Starts it for as long as it runs, or this process does.</summary>
    /// <param name="words">What it is asked.</param>
    /// <param name="heard">Hears each line as it comes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TailscaleException">It cannot be started.</exception>
    public Task<TailscaleAnswer> HoldAsync(string[] words, Action<string> heard, CancellationToken cancellation)
    {
        var (program, arguments) = ParentBound.Wrap(Path, words);
        return ChildProcess.RunAsync(() => Process.Start(StartOf(program, arguments))!, heard, 16 * 1024, cancellation);
    }

    private static ProcessStartInfo StartOf(string path, string[] words)
    {
        var start = new ProcessStartInfo(path, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["USER"] = Environment.UserName;
        start.Environment["HOME"] = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return start;
    }
}
